namespace HeadCount.Inference;

/// <summary>How often the network looks at a picture: more looks find more heads, place them better and take longer
/// (test-time augmentation).</summary>
public enum CountQuality
{
    /// <summary>One look.</summary>
    Fast,

    /// <summary>A second look at the mirrored picture, and glances at smaller sizes for people near the camera: two
    /// and a half times the time. The default.</summary>
    Balanced,

    /// <summary>Looks at the picture, its mirror image, a smaller copy, which shows large heads better, and a larger one,
    /// which shows small heads better, and glances at smaller sizes: about seven times the time.</summary>
    Best,
}
