using System.Globalization;
using NetVips;

namespace HeadCount.Imaging;

/// <summary>
/// A picture to be read once, row after row from the top: upright (after the EXIF turn), 8-bit sRGB. Grey, 16-bit and
/// CMYK pictures are converted; transparent ones are laid over white. RGB values are taken as sRGB whatever profile the
/// file names. Of an animation the first frame is read.
/// </summary>
/// <remarks>Memory stays bounded by some rows, however large the picture is. A picture that its EXIF entry turns cannot
/// be read top to bottom: libvips decodes it into memory up to 100 MB and into a temporary file beyond.</remarks>
public sealed class Picture : IDisposable
{
    /// <summary>The largest picture that is opened unless a caller says otherwise: a gigapixel.</summary>
    public const long DefaultMaxPixels = 1_000_000_000;

    // libvips also opens tables, matrices, documents and drawings; those are no photographs.
    private static readonly string[] PictureLoaders =
        ["Jpeg", "Uhdr", "Png", "Webp", "Tiff", "Nsgif", "Heif", "Jxl", "Jp2k", "Magick"];

    private readonly IDisposable[] _resources;
    private readonly Func<int, int, byte[]> _fetch;

    private Picture(string path, int width, int height, Func<int, int, byte[]> fetch, params IDisposable[] resources)
    {
        Path = path;
        Width = width;
        Height = height;
        _fetch = fetch;
        _resources = resources;
    }

    /// <summary>The file, or the name given for pixels in memory.</summary>
    public string Path { get; }

    /// <summary>Columns of the upright picture.</summary>
    public int Width { get; }

    /// <summary>Rows of the upright picture.</summary>
    public int Height { get; }

    /// <summary>The row that <see cref="ReadRows"/> reads next.</summary>
    public int NextRow { get; private set; }

    /// <summary>Opens a file and reads its header; pixels are decoded as rows are read.</summary>
    /// <param name="path">A JPEG, PNG, WebP, TIFF, GIF or AVIF file, or another that libvips reads.</param>
    /// <param name="maxPixels">Limit of width × height, checked before anything is decoded. A side may have 65,535
    /// pixels, or a ten-thousandth of this limit where that is more.</param>
    /// <exception cref="PictureException">No such file, empty, not a picture, damaged, or too large.</exception>
    public static Picture Open(string path, long maxPixels = DefaultMaxPixels) =>
        Open(path, maxPixels, long.MaxValue);

    private static Picture Open(string path, long maxPixels, long reduceTo)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reduceTo, 1);
        try
        {
            Image rgb = OpenImage(path, maxPixels);
            double times = Math.Ceiling(Math.Sqrt((double)rgb.Width * rgb.Height / reduceTo));
            if (times > 1)
                rgb = Replace(rgb, rgb.Shrink(Math.Min(times, rgb.Width), Math.Min(times, rgb.Height)));
            Region region = Region.New(rgb);
            return new Picture(path, rgb.Width, rgb.Height,
                (row, count) => region.Fetch(0, row, rgb.Width, count), region, rgb);
        }
        catch (VipsException e)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>The picture as libvips sees it: upright, 8-bit sRGB, to be read from top to bottom.</summary>
    /// <exception cref="PictureException">As <see cref="Open(string, long)"/>.</exception>
    internal static Image OpenImage(string path, long maxPixels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPixels, 1);
        CheckFile(path);
        Vips.Setup();
        try
        {
            Image image = Load(path, Enums.Access.Sequential);
            int turn = image.Contains("orientation")
                ? Convert.ToInt32(image.Get("orientation"), CultureInfo.InvariantCulture)
                : 1;
            CheckSize(path, image.Width, image.Height, maxPixels);
            if (turn > 1)
            {
                image.Dispose();
                using Image asStored = Load(path, Enums.Access.Random);
                image = asStored.Autorot();
            }
            using (image)
                return ToRgb(path, image);
        }
        catch (VipsException e)
        {
            throw Damaged(path, e);
        }
    }

    private static PictureException Damaged(string path, VipsException e) =>
        new($"{path}: damaged picture ({Vips.Reason(e)}); get a whole copy of it", e);

    /// <summary>Reads pixels that are in memory already.</summary>
    /// <param name="image">The picture; not copied.</param>
    /// <param name="name">What messages and results call it.</param>
    public static Picture Wrap(RgbImage image, string name = "picture")
    {
        ArgumentNullException.ThrowIfNull(image);
        int stride = 3 * image.Width;
        return new Picture(name, image.Width, image.Height,
            (row, count) => image.Pixels.AsSpan(row * stride, count * stride).ToArray());
    }

    /// <summary>Opens a file and reads all of it.</summary>
    /// <param name="path">As for <see cref="Open(string, long)"/>.</param>
    /// <param name="maxPixels">As for <see cref="Open(string, long)"/>.</param>
    /// <param name="reduceTo">A picture with more pixels than this is shrunk while it is read, both sides by the least
    /// whole number of times that gets it down to this; a side is rounded and stays 1 at least.</param>
    /// <exception cref="PictureException">As <see cref="Open(string, long)"/>, or more than two gigabytes of
    /// pixels.</exception>
    public static RgbImage Load(string path, long maxPixels = DefaultMaxPixels, long reduceTo = long.MaxValue)
    {
        using Picture picture = Open(path, maxPixels, reduceTo);
        if (3L * picture.Width * picture.Height > Array.MaxLength)
        {
            throw new PictureException(
                $"{path}: {picture.Width}×{picture.Height} pixels do not fit in memory at once; use a smaller copy");
        }
        var image = new RgbImage(picture.Width, picture.Height);
        picture.ReadRows(image.Pixels);
        return image;
    }

    /// <summary>Reads the next rows, as many as fit in the buffer.</summary>
    /// <param name="rows">A whole number of rows of 3 × <see cref="Width"/> bytes, not more than are left.</param>
    /// <exception cref="ArgumentException">The buffer is not whole rows, or more than are left.</exception>
    /// <exception cref="PictureException">The file is damaged or ends early.</exception>
    public void ReadRows(Span<byte> rows)
    {
        int stride = checked(3 * Width);
        int count = rows.Length / stride;
        if (count * stride != rows.Length || count > Height - NextRow)
            throw new ArgumentException($"{rows.Length} bytes are not whole rows of those left.", nameof(rows));
        // Around a megabyte at a time: libvips hands out copies, which should stay small.
        int atOnce = Math.Clamp((1 << 20) / stride, 1, 64);
        try
        {
            while (count > 0)
            {
                int strip = Math.Min(count, atOnce);
                _fetch(NextRow, strip).CopyTo(rows);
                rows = rows[(strip * stride)..];
                NextRow += strip;
                count -= strip;
            }
        }
        catch (VipsException e)
        {
            throw new PictureException(
                $"{Path}: damaged or cut off, not readable from row {NextRow} of {Height} on ({Vips.Reason(e)}); "
                + "get a whole copy of it", e);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        foreach (IDisposable resource in _resources)
            resource.Dispose();
    }

    private static void CheckFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length == 0)
                throw new PictureException($"{path}: the file is empty; get a whole copy of it");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PictureException($"{path}: no such file; check the path", e);
        }
        catch (UnauthorizedAccessException e)
        {
            string reason = Directory.Exists(path)
                ? "is a folder, not a picture"
                : "may not be read; check its permissions";
            throw new PictureException($"{path}: {reason}", e);
        }
        catch (IOException e)
        {
            throw new PictureException($"{path}: cannot be read ({e.Message})", e);
        }
    }

    // A source, not a file name: libvips would read "[...]" in a name as options.
    private static Image Load(string path, Enums.Access access)
    {
        using Source source = Source.NewFromFile(path);
        string? loader;
        try
        {
            loader = Image.FindLoadSource(source);
        }
        catch (VipsException)
        {
            loader = null;
        }
        if (loader is null
            || !PictureLoaders.Any(name => loader.StartsWith($"VipsForeignLoad{name}", StringComparison.Ordinal)))
        {
            throw new PictureException(
                $"{path}: not a picture of a known kind, or a damaged one; save it as JPEG, PNG, WebP, TIFF or GIF");
        }
        return Image.NewFromSource(source, access: access, failOn: Enums.FailOn.Truncated);
    }

    private static void CheckSize(string path, int width, int height, long maxPixels)
    {
        long maxSide = Math.Max(65_535, maxPixels / 10_000);
        if ((long)width * height > maxPixels || width > maxSide || height > maxSide)
        {
            string limit = FormattableString.Invariant($"{maxPixels:N0} pixels and {maxSide:N0} a side");
            throw new PictureException($"{path}: {width}×{height} pixels, beyond the limit of {limit}; "
                + "raise the limit if the picture is meant to be this large");
        }
    }

    private static Image ToRgb(string path, Image image)
    {
        Image rgb = image.Interpretation switch
        {
            Enums.Interpretation.Cmyk => image.IccTransform("srgb", embedded: true, inputProfile: "cmyk"),
            Enums.Interpretation.Srgb when image.Format == Enums.BandFormat.Uchar => image.Copy(),
            _ => image.Colourspace(Enums.Interpretation.Srgb),
        };
        if (rgb.HasAlpha())
            rgb = Replace(rgb, rgb.Flatten(background: [255, 255, 255]));
        if (rgb.Format != Enums.BandFormat.Uchar)
            rgb = Replace(rgb, rgb.Cast(Enums.BandFormat.Uchar));
        if (rgb.Bands == 1)
            rgb = Replace(rgb, rgb.Bandjoin(rgb, rgb));
        if (rgb.Bands != 3)
        {
            int bands = rgb.Bands;
            rgb.Dispose();
            throw new PictureException($"{path}: {bands} channels a pixel; save it as a grey or RGB picture");
        }
        return rgb;
    }

    private static Image Replace(Image old, Image converted)
    {
        old.Dispose();
        return converted;
    }
}
