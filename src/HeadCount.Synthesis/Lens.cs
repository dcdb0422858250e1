using System.Numerics;
using HeadCount.Imaging;

namespace HeadCount.Synthesis;

/// <summary>What camera and sensor do to the light: blur, exposure, vignetting, noise, eight bits.</summary>
internal static class Lens
{
    internal static RgbImage Expose(Canvas canvas, bool night, Rng rng)
    {
        int width = canvas.Width, height = canvas.Height;
        float blur = rng.Chance(0.5f) ? rng.Range(0.3f, 0.6f) : rng.LogRange(0.45f, 1.3f);
        Vector3[] colours = Blur(canvas.Colours, width, height, blur);
        Vector3 balance = new Vector3(rng.Range(0.94f, 1.07f), 1, rng.Range(0.92f, 1.07f)) * rng.Range(0.85f, 1.15f);
        float contrast = rng.Range(0.85f, 1.15f), saturation = rng.Chance(0.12f) ? 0 : rng.Range(0.75f, 1.15f);
        float vignette = rng.Chance(0.5f) ? rng.Range(0, 0.35f) : 0;
        float noise = rng.LogRange(0.004f, night ? 0.035f : 0.025f), chroma = saturation * noise * 0.5f;
        ulong seed = rng.Next();
        var picture = new RgbImage(width, height);
        byte[] pixels = picture.Pixels;
        for (int y = 0, at = 0; y < height; y++)
        {
            float dy = (2f * y / height) - 1;
            for (int x = 0; x < width; x++, at++)
            {
                float dx = (2f * x / width) - 1;
                Vector3 colour = colours[at] * balance * (1 - vignette * 0.5f * (dx * dx + dy * dy));
                float luma = Vector3.Dot(colour, new Vector3(0.299f, 0.587f, 0.114f));
                colour = new Vector3(luma) + saturation * (colour - new Vector3(luma));
                colour = new Vector3(0.5f) + contrast * (colour - new Vector3(0.5f));
                ulong bits = Noise.Mix(seed + (ulong)at * 0x9E3779B97F4A7C15);
                float grain = noise * (0.7f + 0.6f * (1 - luma)) * Bell((uint)bits);
                colour += new Vector3(grain) + chroma * new Vector3(Bell((uint)(bits >> 16)), 0,
                    Bell((uint)(bits >> 32)));
                colour = Vector3.Clamp(colour, Vector3.Zero, Vector3.One) * 255 + new Vector3(0.5f);
                pixels[3 * at] = (byte)colour.X;
                pixels[3 * at + 1] = (byte)colour.Y;
                pixels[3 * at + 2] = (byte)colour.Z;
            }
        }
        return picture;

        // Sum of four bytes, scaled to deviation 1.
        static float Bell(uint bits) =>
            ((bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24) - 510f) / 147.8f;
    }

    // Gaussian of a deviation in pixels, columns and rows apart; the border repeats.
    private static Vector3[] Blur(Vector3[] source, int width, int height, float deviation)
    {
        int reach = (int)MathF.Ceiling(2.5f * deviation);
        var weights = new float[reach + 1];
        float sum = 0;
        for (int i = 0; i <= reach; i++)
        {
            weights[i] = MathF.Exp(-i * i / (2 * deviation * deviation));
            sum += i == 0 ? weights[i] : 2 * weights[i];
        }
        for (int i = 0; i <= reach; i++)
            weights[i] /= sum;
        var across = new Vector3[source.Length];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<Vector3> row = source.AsSpan(y * width, width);
            for (int x = 0; x < width; x++)
            {
                Vector3 total = weights[0] * row[x];
                for (int i = 1; i <= reach; i++)
                    total += weights[i] * (row[Math.Max(0, x - i)] + row[Math.Min(width - 1, x + i)]);
                across[y * width + x] = total;
            }
        }
        var result = new Vector3[source.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                Vector3 total = weights[0] * across[y * width + x];
                for (int i = 1; i <= reach; i++)
                    total += weights[i] * (across[Math.Max(0, y - i) * width + x]
                        + across[Math.Min(height - 1, y + i) * width + x]);
                result[y * width + x] = total;
            }
        }
        return result;
    }
}
