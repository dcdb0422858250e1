using HeadCount.IO;
using NetVips;

namespace HeadCount.Imaging;

/// <summary>Saves pixels as a picture file.</summary>
public static class PictureWriter
{
    /// <summary>Saves the picture in the format that the extension names: .png, .jpg, .jpeg or .webp. The file appears
    /// whole or not at all.</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="quality">For JPEG and WebP, 1..100.</param>
    /// <exception cref="PictureException">Another extension, or the file cannot be written.</exception>
    public static void Save(RgbImage image, string path, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        Vips.Setup();
        Action<Image, string> save = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => (vips, to) => vips.Pngsave(to),
            ".JPG" or ".JPEG" => (vips, to) => vips.Jpegsave(to, q: quality),
            ".WEBP" => (vips, to) => vips.Webpsave(to, q: quality),
            _ => throw new PictureException($"{path}: unknown kind of picture; name it .png, .jpg or .webp"),
        };
        try
        {
            using Image raw = Image.NewFromMemory(image.Pixels, image.Width, image.Height, 3, Enums.BandFormat.Uchar);
            using Image vips = raw.Copy(interpretation: Enums.Interpretation.Srgb);
            WholeFile.WriteByPath(path, beside => save(vips, beside));
        }
        catch (Exception e) when (e is VipsException or IOException or UnauthorizedAccessException)
        {
            string reason = e is VipsException vips ? Vips.Reason(vips) : e.Message;
            throw new PictureException($"{path}: cannot be written ({reason})", e);
        }
    }

    /// <summary>The picture as the bytes of a JPEG file, made smaller where it is larger than a side allows.</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="longestSide">Of the JPEG in pixels, at least 1.</param>
    /// <param name="quality">1..100.</param>
    public static byte[] EncodeJpeg(RgbImage image, int longestSide, int quality)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(longestSide, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        Vips.Setup();
        using Image raw = Image.NewFromMemory(image.Pixels, image.Width, image.Height, 3, Enums.BandFormat.Uchar);
        using Image vips = raw.Copy(interpretation: Enums.Interpretation.Srgb);
        using Image small = vips.ThumbnailImage(longestSide, height: longestSide, size: Enums.Size.Down);
        return small.JpegsaveBuffer(q: quality);
    }

    /// <summary>The picture as the bytes of a PNG file.</summary>
    public static byte[] EncodePng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return EncodePng(image.Pixels, image.Width, image.Height, 3);
    }

    /// <summary>Pixels with opacity as the bytes of a PNG file.</summary>
    /// <param name="rgba">Red, green, blue and opacity of every pixel, row after row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    internal static byte[] EncodePng(byte[] rgba, int width, int height) => EncodePng(rgba, width, height, 4);

    private static byte[] EncodePng(byte[] pixels, int width, int height, int channels)
    {
        Vips.Setup();
        using Image raw = Image.NewFromMemory(pixels, width, height, channels, Enums.BandFormat.Uchar);
        using Image vips = raw.Copy(interpretation: Enums.Interpretation.Srgb);
        return vips.PngsaveBuffer();
    }
}
