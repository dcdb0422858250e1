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

    private readonly List<string> _notes = [];
    private readonly Func<bool, Pixels>? _reopen;
    private Func<int?>? _hiddenDamage;
    private Pixels _pixels;

    /// <param name="path">The file or name.</param>
    /// <param name="pixels">The rows.</param>
    /// <param name="notes">What is known of it already.</param>
    /// <param name="reopen">Opens it anew, passing over damage that the decoder can get over.</param>
    private Picture(string path, Pixels pixels, IEnumerable<string> notes, Func<bool, Pixels>? reopen)
    {
        (Path, _pixels, _reopen) = (path, pixels, reopen);
        _notes.AddRange(notes);
    }

    /// <summary>An image and the way to its rows.</summary>
    private sealed record Pixels(int Width, int Height, Func<int, int, byte[]> Fetch, params IDisposable[] Resources)
    {
        internal static Pixels Of(Image image)
        {
            Region region = Region.New(image);
            return new Pixels(image.Width, image.Height, (row, count) => region.Fetch(0, row, image.Width, count), region, image);
        }
    }

    /// <summary>The file, or the name given for pixels in memory.</summary>
    public string Path { get; }

    /// <summary>Columns of the upright picture.</summary>
    public int Width => _pixels.Width;

    /// <summary>Rows of the upright picture.</summary>
    public int Height => _pixels.Height;

    /// <summary>
    /// What a person should know of how it was read, a line each: damage that was passed over, channels that were left
    /// out, numbers that were scaled. Complete once all rows are read.
    /// </summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether damage was passed over, as far as rows are read.</summary>
    public bool IsDamaged { get; private set; }

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
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPixels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(reduceTo, 1);
        try
        {
            var file = PictureFile.Of(path);
            try
            {
                return new Picture(path, Open(damaged: false), file.Notes, Open) { _hiddenDamage = file.HiddenDamage };
            }
            catch (VipsException)
            {
                return new Picture(path, Open(damaged: true), file.Notes, null) { IsDamaged = true, _notes = { Damage } };
            }

            Pixels Open(bool damaged)
            {
                Image rgb = file.ToRgb(maxPixels, damaged);
                double times = Math.Ceiling(Math.Sqrt((double)rgb.Width * rgb.Height / reduceTo));
                if (times > 1)
                    rgb = PictureFile.Replace(rgb, rgb.Shrink(Math.Min(times, rgb.Width), Math.Min(times, rgb.Height)));
                return Pixels.Of(rgb);
            }
        }
        catch (VipsException e)
        {
            throw Damaged(path, e);
        }
    }

    private const string Damage = "damaged, counted as it is";

    /// <summary>The picture as libvips sees it: upright, 8-bit sRGB, to be read from top to bottom.</summary>
    /// <exception cref="PictureException">As <see cref="Open(string, long)"/>.</exception>
    internal static Image OpenImage(string path, long maxPixels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPixels, 1);
        try
        {
            return PictureFile.Of(path).ToRgb(maxPixels, passDamage: true);
        }
        catch (VipsException e)
        {
            throw Damaged(path, e);
        }
    }

    private static PictureException Damaged(string path, VipsException e) => NotDecoded(path, e)
        ?? new($"{path}: damaged picture ({Vips.Reason(e)}); get a whole copy of it", e);

    /// <summary>What is said of a file that may be sound and whose coding the decoder does not know; null for others.</summary>
    private static PictureException? NotDecoded(string path, VipsException e)
    {
        string reason = Vips.Reason(e);
        if (!((string[])["not supported", "unsupported", "not been built in"]).Any(words =>
            reason.Contains(words, StringComparison.OrdinalIgnoreCase)))
            return null;
        // AV1's largest levels, 6.0 to 6.3; larger pictures are made of several such images.
        string limit = reason.StartsWith("heif", StringComparison.Ordinal)
            ? "AVIF is read up to 16,384×8,704 and 35,651,584 pixels; "
            : "";
        return new PictureException($"{path}: cannot be decoded here ({reason}); {limit}save it as JPEG", e);
    }

    /// <summary>Reads pixels that are in memory already.</summary>
    /// <param name="image">The picture; not copied.</param>
    /// <param name="name">What messages and results call it.</param>
    public static Picture Wrap(RgbImage image, string name = "picture")
    {
        ArgumentNullException.ThrowIfNull(image);
        int stride = 3 * image.Width;
        return new Picture(name, new Pixels(image.Width, image.Height,
            (row, count) => image.Pixels.AsSpan(row * stride, count * stride).ToArray()), [], null);
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
                Fetch(strip).CopyTo(rows);
                rows = rows[(strip * stride)..];
                NextRow += strip;
                count -= strip;
            }
            if (NextRow == Height && !IsDamaged && _hiddenDamage?.Invoke() is int row)
                NoteDamage(row);
            if (NextRow == Height)
                _hiddenDamage = null;
        }
        catch (IOException e)
        {
            throw new PictureException($"{Path}: cannot be read ({e.Message})", e);
        }
        catch (VipsException e)
        {
            throw NotDecoded(Path, e) ?? new PictureException(
                $"{Path}: damaged or cut off, not readable from row {NextRow} of {Height} on ({Vips.Reason(e)}); "
                + "get a whole copy of it", e);
        }
    }

    /// <summary>The next rows; where the file is damaged, what the decoder makes of them, with a note.</summary>
    private byte[] Fetch(int count)
    {
        try
        {
            return _pixels.Fetch(NextRow, count);
        }
        catch (VipsException) when (!IsDamaged && _reopen is not null)
        {
            Pixels whole = _pixels;
            _pixels = _reopen(true);
            Close(whole);
            byte[] rows = _pixels.Fetch(NextRow, count);
            NoteDamage(NextRow);
            return rows;
        }
    }

    private void NoteDamage(int row)
    {
        IsDamaged = true;
        _notes.Add(row == 0 ? Damage
            : string.Create(CultureInfo.InvariantCulture, $"damaged from row {row} on, counted as it is"));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => Close(_pixels);

    private static void Close(Pixels pixels)
    {
        foreach (IDisposable resource in pixels.Resources)
            resource.Dispose();
    }
}
