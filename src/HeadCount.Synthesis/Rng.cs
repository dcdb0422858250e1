namespace HeadCount.Synthesis;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): its sequence, unlike System.Random's, is ours to keep.</summary>
internal sealed class Rng(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next() => Noise.Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>Uniform in [0, 1).</summary>
    internal float Unit() => (Next() >> 40) * (1f / (1 << 24));

    internal float Range(float low, float high) => low + (high - low) * Unit();

    internal float LogRange(float low, float high) => low * MathF.Pow(high / low, Unit());

    /// <summary>Uniform in low..high, both included.</summary>
    internal int Int(int low, int high) => low + (int)(Next() % (ulong)(high - low + 1));

    internal bool Chance(float probability) => Unit() < probability;

    /// <summary>Close to normal, mean 0 and deviation 1, never beyond ±3.5 (sum of four uniforms).</summary>
    internal float Normal() => (Unit() + Unit() + Unit() + Unit() - 2) * 1.7320508f;

    internal T Pick<T>(ReadOnlySpan<T> items) => items[Int(0, items.Length - 1)];

    /// <summary>A generator of its own for one aspect of a scene, so that aspects do not disturb each other.</summary>
    internal Rng Fork() => new(Next());
}
