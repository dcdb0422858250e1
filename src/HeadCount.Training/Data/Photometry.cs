using NetVips;

namespace HeadCount.Training.Data;

/// <summary>Changes of a crop's colours, in place where possible.</summary>
internal static class Photometry
{
    /// <summary>Random gamma (e^±0.45), contrast (0.65–1.35), brightness (±12 %) and white balance (±13 % a channel, of a grey picture
    /// the same for all).</summary>
    internal static void Tone(byte[] pixels, Random random, bool grey)
    {
        double gamma = Math.Exp(double.Lerp(-0.45, 0.45, random.NextDouble()));
        double contrast = double.Lerp(0.65, 1.35, random.NextDouble());
        double brightness = double.Lerp(-0.12, 0.12, random.NextDouble());
        Span<byte> table = stackalloc byte[3 * 256];
        double balance = 1;
        for (int channel = 0; channel < 3; channel++)
        {
            if (channel == 0 || !grey)
                balance = double.Lerp(0.87, 1.13, random.NextDouble());
            for (int value = 0; value < 256; value++)
            {
                double tone = (Math.Pow(value / 255.0, gamma) - 0.5) * contrast + 0.5 + brightness;
                table[channel * 256 + value] = (byte)Math.Clamp(tone * balance * 255, 0, 255);
            }
        }
        for (int i = 0; i < pixels.Length; i += 3)
        {
            pixels[i] = table[pixels[i]];
            pixels[i + 1] = table[256 + pixels[i + 1]];
            pixels[i + 2] = table[512 + pixels[i + 2]];
        }
    }

    /// <summary>Takes every pixel's distance from its luma (ITU-R BT.601) times a factor: 0 makes it grey, 1 leaves it.</summary>
    internal static void Saturate(byte[] pixels, double factor)
    {
        int weight = (int)Math.Round(factor * 256);
        for (int i = 0; i < pixels.Length; i += 3)
        {
            int luma = (299 * pixels[i] + 587 * pixels[i + 1] + 114 * pixels[i + 2] + 500) / 1000;
            for (int channel = i; channel < i + 3; channel++)
                pixels[channel] = (byte)Math.Clamp(luma + ((weight * (pixels[channel] - luma)) >> 8), 0, 255);
        }
    }

    /// <summary>The pixels as JPEG of that quality (1–100) shows them.</summary>
    internal static byte[] Jpeg(byte[] pixels, int size, int quality)
    {
        using var image = Image.NewFromMemory(pixels, size, size, 3, Enums.BandFormat.Uchar);
        using var seen = Image.NewFromBuffer(image.JpegsaveBuffer(q: quality));
        return seen.WriteToMemory<byte>();
    }

    /// <summary>Adds noise of that standard deviation (0–255 scale), alike in the three channels of a pixel.</summary>
    internal static void Noise(byte[] pixels, double deviation, Random random)
    {
        // The sum of three uniform numbers is close enough to a normal one; its variance is 1/4.
        for (int i = 0; i < pixels.Length; i += 3)
        {
            int noise = (int)Math.Round((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2 * deviation);
            for (int channel = i; channel < i + 3; channel++)
                pixels[channel] = (byte)Math.Clamp(pixels[channel] + noise, 0, 255);
        }
    }

    /// <summary>Gaussian blur of that standard deviation in pixels (up to about 1.5), edges repeated.</summary>
    internal static byte[] Blur(byte[] pixels, int size, double sigma)
    {
        const int Reach = 3;
        Span<float> kernel = stackalloc float[2 * Reach + 1];
        float sum = 0;
        for (int i = -Reach; i <= Reach; i++)
            sum += kernel[i + Reach] = (float)Math.Exp(-i * i / (2 * sigma * sigma));
        for (int i = 0; i < kernel.Length; i++)
            kernel[i] /= sum;
        return Along(Along(pixels, size, kernel, 1, size), size, kernel, size, 1);
    }

    /// <summary>Filters along the axis whose neighbours lie <paramref name="step"/> pixels apart.</summary>
    private static byte[] Along(byte[] pixels, int size, ReadOnlySpan<float> kernel, int step, int otherStep)
    {
        var result = new byte[pixels.Length];
        int reach = kernel.Length / 2;
        for (int line = 0; line < size; line++)
        {
            for (int i = 0; i < size; i++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    float value = 0.5f;
                    for (int tap = -reach; tap <= reach; tap++)
                        value += kernel[tap + reach] * pixels[(line * otherStep + Math.Clamp(i + tap, 0, size - 1) * step) * 3 + channel];
                    result[(line * otherStep + i * step) * 3 + channel] = (byte)value;
                }
            }
        }
        return result;
    }
}
