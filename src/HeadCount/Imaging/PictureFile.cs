using System.Globalization;
using HeadCount.IO;
using NetVips;

namespace HeadCount.Imaging;

/// <summary>
/// A picture file that is recognised, and how its pixels become upright 8-bit sRGB: the right page, the right channels,
/// the right range.
/// </summary>
internal sealed class PictureFile
{
    private const int StartBytes = 512;

    // libvips also opens tables, matrices, documents and drawings; those are no photographs.
    private static readonly string[] Loaders = ["Jpeg", "Uhdr", "Png", "Webp", "Tiff", "Nsgif", "Heif"];

    private readonly string _path;
    private readonly byte[]? _piped;
    private readonly TiffPages? _tiff;
    private readonly List<string> _notes = [];
    private bool _isTurned;

    private PictureFile(string path, byte[]? piped, TiffPages? tiff)
    {
        (_path, _piped, _tiff) = (path, piped, tiff);
        if (tiff is { Pages: var pages, Picture: { } picture })
        {
            int others = pages.Count(page => page is { SubPage: null, IsReducedOrMask: false }) - 1;
            if (others > 0 && picture.SubPage is null)
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"the first of {others + 1} pages is counted"));
        }
    }

    /// <summary>What a person should know of how it is read.</summary>
    internal IEnumerable<string> Notes => _notes;

    /// <summary>Recognises a file by its content.</summary>
    /// <exception cref="PictureException">No such file, empty, or no picture that is read; the message says what it is.</exception>
    internal static PictureFile Of(string path)
    {
        Vips.Setup();
        try
        {
            using Stream stream = InputFile.Open(path);
            if (stream.Length == 0)
                throw new PictureException($"{path}: the file is empty; get a whole copy of it");
            var start = new byte[StartBytes];
            int length = stream.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false);
            stream.Seek(0, SeekOrigin.Begin);
            var tiff = TiffPages.Read(stream);
            string? refusal = tiff is { IsRaw: true } ? ImageKinds.Raw : ImageKinds.Refusal(start.AsSpan(0, length));
            return refusal is null
                ? new PictureFile(path, InputFile.Piped(path), tiff)
                : throw new PictureException($"{path}: {refusal}");
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

    /// <summary>
    /// The row in which damage shows that the decoder has passed over, or 0 where the row cannot be told; null for a sound
    /// picture. Reads the file once more.
    /// </summary>
    internal int? HiddenDamage()
    {
        using Stream stream = InputFile.Open(_path);
        return JpegScan.DamagedRow(stream) is int row ? _isTurned ? 0 : row : null;
    }

    /// <summary>The picture upright, 8-bit sRGB, to be read from top to bottom.</summary>
    /// <param name="maxPixels">Limit of width × height.</param>
    /// <param name="passDamage">Whether to pass over what the decoder warns of; a file that is cut off is never read.</param>
    /// <exception cref="PictureException">Too large, or of a kind that is not read.</exception>
    /// <exception cref="VipsException">Damaged.</exception>
    internal Image ToRgb(long maxPixels, bool passDamage)
    {
        Image image = Load(Enums.Access.Sequential, passDamage);
        int turn = image.Contains("orientation")
            ? Convert.ToInt32(image.Get("orientation"), CultureInfo.InvariantCulture)
            : 1;
        try
        {
            CheckSize(image.Width, image.Height, maxPixels);
        }
        catch (PictureException)
        {
            image.Dispose();
            throw;
        }
        _isTurned = turn > 1;
        if (_isTurned)
        {
            image.Dispose();
            using Image asStored = Load(Enums.Access.Random, passDamage);
            image = asStored.Autorot();
        }
        using (image)
            return ToRgb(image, passDamage);
    }

    // A source, not a file name: libvips would read "[...]" in a name as options.
    private Image Load(Enums.Access access, bool passDamage)
    {
        using Source source = _piped is null ? Source.NewFromFile(_path) : Source.NewFromMemory(_piped);
        string? loader;
        try
        {
            loader = Image.FindLoadSource(source);
        }
        catch (VipsException)
        {
            loader = null;
        }
        if (loader is null || !Loaders.Any(name => loader.StartsWith($"VipsForeignLoad{name}", StringComparison.Ordinal)))
        {
            throw new PictureException(
                $"{_path}: not a picture of a known kind, or a damaged one; save it as JPEG, PNG, WebP, TIFF or GIF");
        }
        var options = new VOption();
        if (_tiff?.Picture is { } page && loader.Contains("Tiff", StringComparison.Ordinal))
        {
            options.Add("page", page.Page);
            if (page.SubPage is int below)
                options.Add("subifd", below);
        }
        // The size is limited here, by the caller's limit.
        if (loader.Contains("Heif", StringComparison.Ordinal))
            options.Add("unlimited", true);
        // What a decoder of JPEG warns of is damage; those of other kinds warn of fields that they do not know.
        Enums.FailOn failOn = passDamage ? Enums.FailOn.Truncated
            : loader.Contains("Jpeg", StringComparison.Ordinal) ? Enums.FailOn.Warning
            : Enums.FailOn.Error;
        return Image.NewFromSource(source, access: access, failOn: failOn, kwargs: options);
    }

    private void CheckSize(int width, int height, long maxPixels)
    {
        long maxSide = Math.Max(65_535, maxPixels / 10_000);
        if ((long)width * height > maxPixels || width > maxSide || height > maxSide)
        {
            string limit = FormattableString.Invariant($"{maxPixels:N0} pixels and {maxSide:N0} a side");
            throw new PictureException($"{_path}: {width}×{height} pixels, beyond the limit of {limit}; "
                + "raise the limit if the picture is meant to be this large");
        }
    }

    private Image ToRgb(Image image, bool passDamage)
    {
        bool ink = image.Interpretation == Enums.Interpretation.Cmyk;
        int bands = image.Bands, colours = bands >= 3 ? 3 : 1;
        TiffPage? page = _tiff?.Picture;
        if (!ink && (bands > 4 || bands == 4 && page is { Photometric: 0 or 1 }))
            throw new PictureException($"{_path}: {bands} channels a pixel; save it as a grey or RGB picture");
        Image rgb = image.Copy();
        if (!ink && bands > colours && page is { ExtraSamples: > 0, AlphaSamples: 0 })
        {
            rgb = Replace(rgb, rgb.ExtractBand(0, n: colours));
            Note("a channel beside the colours left out, which the file does not call alpha");
        }
        if (Range(rgb, passDamage) is double range)
        {
            // Alpha, if there is any, has the same range.
            rgb = Replace(rgb, rgb.Linear([255 / range], [0.0], uchar: true));
            rgb = Replace(rgb, rgb.Copy(interpretation: rgb.Bands >= 3 ? Enums.Interpretation.Srgb : Enums.Interpretation.Bw));
            Note(string.Create(CultureInfo.InvariantCulture, $"its numbers scaled as if white were {range}"));
        }
        rgb = Replace(rgb, rgb.Interpretation switch
        {
            Enums.Interpretation.Cmyk => rgb.IccTransform("srgb", embedded: true, inputProfile: "cmyk"),
            Enums.Interpretation.Srgb when rgb.Format == Enums.BandFormat.Uchar => rgb.Copy(),
            _ => rgb.Colourspace(Enums.Interpretation.Srgb),
        });
        if (rgb.HasAlpha())
            rgb = Replace(rgb, rgb.Flatten(background: [255, 255, 255]));
        if (rgb.Format != Enums.BandFormat.Uchar)
            rgb = Replace(rgb, rgb.Cast(Enums.BandFormat.Uchar));
        if (rgb.Bands == 1)
            rgb = Replace(rgb, rgb.Bandjoin(rgb, rgb));
        if (rgb.Bands == 3)
            return rgb;
        bands = rgb.Bands;
        rgb.Dispose();
        throw new PictureException($"{_path}: {bands} channels a pixel; save it as a grey or RGB picture");
    }

    /// <summary>
    /// The number that means white where the picture's numbers do not say so themselves: fractions, 32-bit numbers, and
    /// 10 to 14 bits in 16. Told by the largest number; null where nothing needs scaling.
    /// </summary>
    private double? Range(Image image, bool passDamage)
    {
        if (image.Format is Enums.BandFormat.Uchar || image.Interpretation is Enums.Interpretation.Cmyk or Enums.Interpretation.Lab
            or Enums.Interpretation.Labs)
            return null;
        using Image whole = Load(Enums.Access.Sequential, passDamage);
        using Image colours = whole.Bands > image.Bands ? whole.ExtractBand(0, n: image.Bands) : whole.Copy();
        double max = colours.Max();
        double[] ranges = image.Format is Enums.BandFormat.Float or Enums.BandFormat.Double
            ? [1, 255, 1023, 4095, 16383, 65535]
            : [255, 1023, 4095, 16383, 65535];
        double range = ranges.FirstOrDefault(limit => max <= limit, max);
        // Whole 16-bit numbers need nothing; a black picture says nothing.
        return image.Format == Enums.BandFormat.Ushort && (range >= 65535 || max == 0) ? null : range;
    }

    private void Note(string note)
    {
        if (!_notes.Contains(note))
            _notes.Add(note);
    }

    /// <summary>The converted image; the old one is disposed of.</summary>
    internal static Image Replace(Image old, Image converted)
    {
        old.Dispose();
        return converted;
    }
}
