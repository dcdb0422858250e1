namespace HeadCount.Imaging;

/// <summary>Pixels in memory: 8-bit RGB, interleaved, row after row without gaps.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps a buffer of <paramref name="width"/> × <paramref name="height"/> × 3 bytes without copying it.</summary>
    /// <exception cref="ArgumentException">A side is below 1 or the buffer has another length.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != 3L * width * height)
            throw new ArgumentException($"A {width}×{height} picture needs {3L * width * height} bytes, got {pixels.Length}.", nameof(pixels));
        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>A black picture.</summary>
    public RgbImage(int width, int height) : this(width, height, new byte[checked(3 * width * height)]) { }

    /// <summary>Columns, at least 1.</summary>
    public int Width { get; }

    /// <summary>Rows, at least 1.</summary>
    public int Height { get; }

    /// <summary>The buffer: byte 3 × (y × Width + x) + channel, channels in the order R, G, B.</summary>
    public byte[] Pixels { get; }
}
