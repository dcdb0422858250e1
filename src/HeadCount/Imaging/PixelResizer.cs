using NetVips;

namespace HeadCount.Imaging;

/// <summary>Makes pixels in memory larger or smaller.</summary>
internal static class PixelResizer
{
    /// <summary>Resizes by a Lanczos filter; each side by its own ratio.</summary>
    /// <param name="pixels">RGB, row after row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="newWidth">Columns of the result, at least 1.</param>
    /// <param name="newHeight">Rows of the result, at least 1.</param>
    internal static byte[] Resize(byte[] pixels, int width, int height, int newWidth, int newHeight)
    {
        Vips.Setup();
        using Image image = Image.NewFromMemory(pixels, width, height, 3, Enums.BandFormat.Uchar);
        using Image resized = image.Resize((double)newWidth / width, Enums.Kernel.Lanczos3, vscale: (double)newHeight / height);
        return resized.WriteToMemory<byte>();
    }
}
