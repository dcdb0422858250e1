using System.Text;

namespace HeadCount.Imaging;

/// <summary>
/// The kinds of pictures: those that are read, by the decoders that libvips has here, and those that are recognised to be
/// named in messages. The one list for commands, datasets and the studio.
/// </summary>
public static class ImageKinds
{
    private sealed record Kind(string Loader, params string[] Extensions);

    private static readonly Kind[] Kinds =
    [
        new("jpegload_source", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
        new("pngload_source", ".png"),
        new("webpload_source", ".webp"),
        new("tiffload_source", ".tif", ".tiff"),
        new("gifload_source", ".gif"),
        // Of the HEIF family AVIF alone: there is no decoder for HEVC.
        new("heifload_source", ".avif"),
    ];

    private static readonly Dictionary<string, string> Others = Names(
        ("HEIC", ".heic .heif .hif .heics"), ("JPEG XL", ".jxl"), ("JPEG 2000", ".jp2 .j2k .jpf .jpx"),
        ("BMP", ".bmp .dib"), ("Photoshop", ".psd .psb"), ("SVG", ".svg .svgz"), ("PDF", ".pdf"),
        ("camera raw", ".dng .cr2 .cr3 .crw .nef .nrw .arw .srf .sr2 .raf .orf .rw2 .pef .srw .x3f .mrw .3fr .iiq .erf .kdc .dcr .raw"),
        ("film", ".mp4 .m4v .mov .avi .mkv .webm .wmv .flv .mpg .mpeg .mts .m2ts .3gp"));

    private static readonly Lazy<string[]> Present = new(() =>
    {
        Vips.Setup();
        return [.. Kinds.Where(kind => NetVips.NetVips.TypeFind("VipsOperation", kind.Loader) != 0)
            .SelectMany(kind => kind.Extensions)];
    });

    /// <summary>Extensions of the pictures that are read, with their dots, in small letters.</summary>
    public static IReadOnlyList<string> Extensions => Present.Value;

    /// <summary>Whether a file is a picture that is read, by its extension.</summary>
    public static bool IsPicture(string path) =>
        Present.Value.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The kind of a file that is a picture or a film by its extension and is not read here, such as "HEIC"; null for
    /// all others.
    /// </summary>
    public static string? OtherKind(string path) =>
        Others.GetValueOrDefault(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>What a file is that is no picture to be read, told by its first bytes, and what to do; or null.</summary>
    internal static string? Refusal(ReadOnlySpan<byte> start)
    {
        string text = Encoding.Latin1.GetString(start);
        if (start.Length >= 12 && text[4..8] == "ftyp")
            return OfBrands(text[8..Math.Min(text.Length, Math.Max(12, (int)Math.Min(start.Length, Length(start))))]);
        return Starts("\xFF\x0A") || Starts("\0\0\0\x0CJXL ") ? Save("JPEG XL")
            : Starts("\0\0\0\x0CjP  ") || Starts("\xFF\x4F\xFF\x51") ? Save("JPEG 2000")
            : Starts("BM") && start.Length > 18 && start[14] is 12 or 40 or 52 or 56 or 64 or 108 or 124 ? Save("BMP")
            : Starts("8BPS") ? Save("Photoshop")
            : Starts("%PDF") ? Save("PDF")
            : Starts("%!PS") ? Save("PostScript")
            : Starts("FUJIFILMCCD-RAW") || Starts("IIRO") || Starts("IIRS") || Starts("MMOR") || Starts("IIU\0")
                || Starts("FOVb") || Starts("\0MRM") || At(6, "HEAPCCDR") || At(8, "CR\x02") ? Raw
            : Starts("\x76\x2F\x31\x01") ? Save("OpenEXR")
            : Starts("#?RADIANCE") || Starts("#?RGBE") ? Save("Radiance HDR")
            : Starts("\0\0\x01\0") || Starts("\0\0\x02\0") ? Save("an icon")
            : At(128, "DICM") ? Save("DICOM")
            : Starts("RIFF") && At(8, "AVI ") ? Film("AVI")
            : Starts("\x1A\x45\xDF\xA3") ? Film("Matroska or WebM")
            : Starts("FLV") ? Film("Flash")
            : Starts("\x30\x26\xB2\x75\x8E\x66\xCF\x11") ? Film("Windows Media")
            : Starts("\0\0\x01\xBA") || Starts("\0\0\x01\xB3") || Starts("\x47") && At(188, "\x47") ? Film("MPEG")
            : Starts("PK\x03\x04") ? "a ZIP archive, no picture; unpack it first"
            : Starts("version https://git-lfs") ? "a pointer of Git LFS in place of the picture; fetch it with 'git lfs pull'"
            : text.Contains("<svg", StringComparison.OrdinalIgnoreCase) ? Save("SVG")
            : text.TrimStart().StartsWith("<!DOCTYPE html", StringComparison.OrdinalIgnoreCase)
                || text.TrimStart().StartsWith("<html", StringComparison.OrdinalIgnoreCase)
                ? "a web page, no picture; was the download refused?"
            : null;

        bool Starts(string signature) => text.StartsWith(signature, StringComparison.Ordinal);

        bool At(int at, string signature) => text.Length >= at + signature.Length
            && string.CompareOrdinal(text, at, signature, 0, signature.Length) == 0;
    }

    /// <summary>What is said of a camera's raw file.</summary>
    internal const string Raw = "a camera raw file, which is not developed here; save it as JPEG";

    private static string? OfBrands(string brands)
    {
        string major = brands[..4];
        bool Any(params string[] names) => names.Any(name => brands.Contains(name, StringComparison.Ordinal));
        return Any("avif", "avis") ? null
            : Any("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs") ? "HEIC (HEVC) cannot be decoded here; save it as JPEG"
            : major == "crx " ? Raw
            : Any("jxl ") ? Save("JPEG XL")
            : major is "mif1" or "msf1" ? null
            : Film(major == "qt  " ? "QuickTime" : "MP4");
    }

    private static long Length(ReadOnlySpan<byte> start) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(start);

    private static string Save(string kind) => $"{kind} cannot be decoded here; save it as JPEG or PNG";

    private static string Film(string kind) => $"a film ({kind}), no picture; save frames of it as JPEG";

    private static Dictionary<string, string> Names(params (string Name, string Extensions)[] kinds) =>
        kinds.SelectMany(kind => kind.Extensions.Split(' ').Select(extension => (extension, kind.Name)))
            .ToDictionary(pair => pair.extension, pair => pair.Name);
}
