namespace HeadCount.Inference;

/// <summary>At how many sizes, and how often, the network sees a picture.</summary>
public enum CountQuality
{
    /// <summary>Once, at its own size; photographs with a side of 1600 pixels or more at half of it too, and on.</summary>
    Fast,

    /// <summary>At its own size and at halves of it, which show people near the camera: a third more time. The default.</summary>
    Balanced,

    /// <summary>At all of these sizes four times: as it is, mirrored, a little smaller and a little larger (test-time augmentation).
    /// Finds more heads and places them better, for 4.5 times the work of the network.</summary>
    Best,
}
