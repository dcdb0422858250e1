using NetVips;

namespace HeadCount.Imaging;

/// <summary>Makes pixels in memory larger or smaller.</summary>
internal static class PixelResizer
{
    /// <summary>Makes pixels smaller or larger by a Lanczos filter, each side by its own ratio; what lies at a share of the
    /// width or height lies there afterwards too.</summary>
    /// <param name="pixels">RGB, row after row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="newWidth">Columns of the result, at least 1.</param>
    /// <param name="newHeight">Rows of the result, at least 1.</param>
    internal static byte[] Resize(ReadOnlyMemory<byte> pixels, int width, int height, int newWidth, int newHeight)
    {
        Vips.Setup();
        // Larger by repeating pixels, then smaller: libvips' own enlargement takes four times as long.
        int across = Times(newWidth, width), down = Times(newHeight, height);
        using Image image = Image.NewFromMemory(pixels, width, height, 3, Enums.BandFormat.Uchar);
        using Image repeated = image.Zoom(across, down);
        using Image resized = repeated.Resize(
            (double)newWidth / (across * width), Enums.Kernel.Lanczos3, vscale: (double)newHeight / (down * height));
        return resized.WriteToMemory<byte>();
    }

    private static int Times(int newSide, int side) => (newSide + side - 1) / side;
}
