using System.Numerics;
using System.Runtime.InteropServices;
using HeadCount.Imaging;

namespace HeadCount.Training.Data;

/// <summary>Resizes rectangles of a picture to squares with a triangle filter that widens when shrinking, so that nothing aliases.</summary>
internal static class Resampling
{
    /// <summary>The rectangle of that place and size (fractions of pixels allowed), as <paramref name="size"/>² RGB bytes.</summary>
    internal static byte[] Square(RgbImage image, double left, double top, double width, double height, int size)
    {
        Taps columns = Taps.Of(left, width, size, image.Width), rows = Taps.Of(top, height, size, image.Height);
        // Source rows are resized in x as they are first needed, into a window as tall as the filter.
        var line = new float[size * 3];
        var result = new byte[size * size * 3];
        var window = new float[rows.Length][];
        var windowRow = new int[rows.Length];
        Array.Fill(windowRow, -1);
        for (int y = 0; y < size; y++)
        {
            line.AsSpan().Clear();
            for (int tap = 0; tap < rows.Length; tap++)
            {
                float weight = rows.Weight[y * rows.Length + tap];
                if (weight == 0)
                    continue;
                int source = Math.Clamp(rows.First[y] + tap, 0, image.Height - 1), slot = source % rows.Length;
                if (windowRow[slot] != source)
                {
                    window[slot] ??= new float[size * 3];
                    ResizeRow(image.Pixels.AsSpan(source * image.Width * 3, image.Width * 3), columns, window[slot]);
                    windowRow[slot] = source;
                }
                AddScaled(line, window[slot], weight);
            }
            Span<byte> target = result.AsSpan(y * size * 3, size * 3);
            for (int i = 0; i < target.Length; i++)
                target[i] = (byte)(line[i] + 0.5f);
        }
        return result;
    }

    private static void ResizeRow(ReadOnlySpan<byte> row, Taps taps, Span<float> target)
    {
        int last = row.Length / 3 - 1;
        for (int x = 0; x < taps.First.Length; x++)
        {
            float r = 0, g = 0, b = 0;
            int first = taps.First[x];
            ReadOnlySpan<float> weights = taps.Weight.AsSpan(x * taps.Length, taps.Length);
            for (int tap = 0; tap < weights.Length; tap++)
            {
                float weight = weights[tap];
                int at = Math.Clamp(first + tap, 0, last) * 3;
                r += weight * row[at];
                g += weight * row[at + 1];
                b += weight * row[at + 2];
            }
            target[3 * x] = r;
            target[3 * x + 1] = g;
            target[3 * x + 2] = b;
        }
    }

    private static void AddScaled(Span<float> sum, ReadOnlySpan<float> values, float weight)
    {
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (int i = 0; i < sums.Length; i++)
            sums[i] += vectors[i] * weight;
        for (int i = sums.Length * Vector<float>.Count; i < sum.Length; i++)
            sum[i] += values[i] * weight;
    }

    /// <summary>For every target cell along one axis: the first source pixel and <see cref="Length"/> weights that sum to 1.</summary>
    private sealed record Taps(int Length, int[] First, float[] Weight)
    {
        internal static Taps Of(double start, double extent, int size, int available)
        {
            double step = extent / size, reach = Math.Max(step, 1);
            int length = (int)Math.Ceiling(2 * reach) + 1;
            var first = new int[size];
            var weight = new float[size * length];
            for (int i = 0; i < size; i++)
            {
                double centre = start + (i + 0.5) * step;
                first[i] = (int)Math.Floor(centre - reach);
                double sum = 0;
                for (int tap = 0; tap < length; tap++)
                {
                    double pixel = Math.Clamp(first[i] + tap, 0, available - 1) == first[i] + tap
                        ? Math.Max(0, 1 - Math.Abs(first[i] + tap + 0.5 - centre) / reach) : 0;
                    weight[i * length + tap] = (float)pixel;
                    sum += pixel;
                }
                for (int tap = 0; tap < length; tap++)
                    weight[i * length + tap] /= (float)sum;
            }
            return new Taps(length, first, weight);
        }
    }
}
