namespace HeadCount.Synthesis;

/// <summary>Hashes and value noise: textures that are the same wherever and whenever they are asked for.</summary>
internal static class Noise
{
    /// <summary>The finaliser of SplitMix64: every bit of the result depends on every bit of the input.</summary>
    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    internal static uint Hash(int x, int y, uint seed)
    {
        uint h = seed ^ (uint)x * 0x85EBCA6B ^ (uint)y * 0xC2B2AE35;
        h = (h ^ (h >> 15)) * 0x2C1B3C6D;
        h = (h ^ (h >> 12)) * 0x297A2D39;
        return h ^ (h >> 15);
    }

    /// <summary>Uniform in [0, 1), one value for each cell of a grid.</summary>
    internal static float Cell(int x, int y, uint seed) => (Hash(x, y, seed) >> 8) * (1f / (1 << 24));

    /// <summary>Smooth noise in 0..1 with features of about one unit.</summary>
    internal static float Value(float x, float y, uint seed)
    {
        float fx = MathF.Floor(x), fy = MathF.Floor(y);
        int ix = (int)fx, iy = (int)fy;
        float u = x - fx, v = y - fy;
        u *= u * (3 - 2 * u);
        v *= v * (3 - 2 * v);
        float top = Cell(ix, iy, seed), bottom = Cell(ix, iy + 1, seed);
        top += (Cell(ix + 1, iy, seed) - top) * u;
        bottom += (Cell(ix + 1, iy + 1, seed) - bottom) * u;
        return top + (bottom - top) * v;
    }

    /// <summary>Three octaves of <see cref="Value"/>, in 0..1.</summary>
    internal static float Fractal(float x, float y, uint seed) =>
        (4 * Value(x, y, seed) + 2 * Value(2.03f * x, 2.03f * y, seed + 1) + Value(4.1f * x, 4.1f * y, seed + 2)) / 7;

    /// <summary>
    /// How much of a pixel that reaches from x - size/2 to x + size/2 is covered by bars [n, n + duty):
    /// the box-filtered, so never flickering, version of frac(x) &lt; duty.
    /// </summary>
    internal static float Bars(float x, float duty, float size)
    {
        size = MathF.Max(size, 1e-4f);
        return (Integral(x + size / 2, duty) - Integral(x - size / 2, duty)) / size;

        static float Integral(float x, float duty)
        {
            float whole = MathF.Floor(x);
            return whole * duty + MathF.Min(x - whole, duty);
        }
    }

    /// <summary>0 below from, 1 above to, smooth between.</summary>
    internal static float Step(float from, float to, float x)
    {
        float t = Math.Clamp((x - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }
}
