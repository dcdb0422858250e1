namespace HeadCount.Synthesis;

/// <summary>What to render. The same options give the same scene, byte for byte.</summary>
public sealed record SceneOptions
{
    /// <summary>Columns of the picture, 32 to 8192. Default: 768.</summary>
    public int Width { get; init; } = 768;

    /// <summary>Rows of the picture, 32 to 8192. Default: 512.</summary>
    public int Height { get; init; } = 512;

    /// <summary>Fewest people drawn, 0 to <see cref="MaxPeople"/>. With 0, the default, about 15 % of scenes are
    /// empty.</summary>
    public int MinPeople { get; init; }

    /// <summary>
    /// Most people drawn, at most 10,000. Default: 2000. Numbers are drawn log-uniformly; heads that end up hidden
    /// carry no point, so that a scene may hold fewer points than people.
    /// </summary>
    public int MaxPeople { get; init; } = 2000;

    /// <summary>Decides everything else: kind of place, camera, light, people.</summary>
    public long Seed { get; init; }

    /// <summary>The kind of place, or null (default) to let the seed choose.</summary>
    public SceneKind? Kind { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 32);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Width, 8192);
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 32);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Height, 8192);
        ArgumentOutOfRangeException.ThrowIfNegative(MinPeople);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPeople, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPeople, MinPeople);
    }
}
