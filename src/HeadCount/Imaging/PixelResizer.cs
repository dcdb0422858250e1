using NetVips;

namespace HeadCount.Imaging;

/// <summary>Makes pixels in memory larger or smaller.</summary>
internal static class PixelResizer
{
    /// <summary>Makes pixels smaller by a Lanczos filter or larger by bicubic interpolation, each side by its own ratio;
    /// what lies at a share of the width or height lies there afterwards too.</summary>
    /// <param name="pixels">RGB, row after row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="newWidth">Columns of the result, at least 1.</param>
    /// <param name="newHeight">Rows of the result, at least 1.</param>
    internal static byte[] Resize(byte[] pixels, int width, int height, int newWidth, int newHeight)
    {
        Vips.Setup();
        using Image image = Image.NewFromMemory(pixels, width, height, 3, Enums.BandFormat.Uchar);
        double across = (double)newWidth / width, down = (double)newHeight / height;
        if (across < 1 || down < 1)
        {
            using Image smaller = image.Resize(across, Enums.Kernel.Lanczos3, vscale: down);
            return smaller.WriteToMemory<byte>();
        }
        // libvips' own enlargement moves the picture by half a pixel.
        using var bicubic = Interpolate.NewFromName("bicubic");
        using Image larger = image.Affine([across, 0, 0, down], bicubic, oarea: [0, 0, newWidth, newHeight],
            idx: .5, idy: .5, odx: -.5, ody: -.5, extend: Enums.Extend.Copy);
        return larger.WriteToMemory<byte>();
    }
}
