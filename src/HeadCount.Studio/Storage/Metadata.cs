using System.Buffers.Binary;
using HeadCount.Imaging;
using NetVips;

namespace HeadCount.Studio.Storage;

/// <summary>
/// Copies of pictures without what cameras and programs note in them: place, time, camera, owner, captions, previews. The
/// pixels, the colour profile and the way a picture is turned stay. JPEG, WebP and AVIF keep their very bytes of pixels; PNG
/// and TIFF are packed anew without loss; GIF and BMP hold nothing of the kind.
/// </summary>
internal static class Metadata
{
    /// <summary>Writes the copy.</summary>
    /// <exception cref="PictureException">The picture cannot be read.</exception>
    internal static void Strip(string from, string to, long maxPixels)
    {
        // It must be a photograph that opens; libvips is then set up to open no others.
        using (Picture.Open(from, maxPixels))
        {
        }
        Span<byte> start = stackalloc byte[12];
        using (FileStream file = File.OpenRead(from))
            file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (start is [0xff, 0xd8, ..])
            File.WriteAllBytes(to, Jpeg(File.ReadAllBytes(from), Orientation(from)));
        else if (start.StartsWith("GIF8"u8) || start.StartsWith("BM"u8))
            File.Copy(from, to);
        else if (start[8..].StartsWith("WEBP"u8) || start[4..].StartsWith("ftyp"u8))
            File.WriteAllBytes(to, Blanked(from));
        else
            Repack(from, to, start.StartsWith("\x89PNG"u8) || start[0] == 0x89);
    }

    private static int Orientation(string path)
    {
        using Image image = Image.NewFromFile(path);
        return image.Contains("orientation") ? (int)image.Get("orientation") : 1;
    }

    private static void Repack(string from, string to, bool png)
    {
        using Image image = Image.NewFromFile(from), upright = image.Autorot();
        if (png)
            upright.Pngsave(to, keep: Enums.ForeignKeep.Icc);
        else
            upright.Tiffsave(to, compression: Enums.ForeignTiffCompression.Deflate, bigtiff: true, keep: Enums.ForeignKeep.Icc);
    }

    /// <summary>The file with its metadata blanked where they stand; nothing moves.</summary>
    private static byte[] Blanked(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        using Image image = Image.NewFromFile(path);
        foreach (string field in (string[])["exif-data", "xmp-data", "iptc-data"])
        {
            if (!image.Contains(field))
                continue;
            ReadOnlySpan<byte> data = (byte[])image.Get(field);
            if (data.StartsWith("Exif\0\0"u8))
                data = data[6..];
            byte[] blank = new byte[data.Length];
            if (field == "exif-data")
                Turned(image.Contains("orientation") ? (int)image.Get("orientation") : 1).AsSpan(0, Math.Min(TurnedBytes, blank.Length)).CopyTo(blank);
            else
                blank.AsSpan().Fill((byte)' ');
            for (int at; data.Length > 0 && (at = bytes.AsSpan().IndexOf(data)) >= 0 && !data.SequenceEqual(blank);)
                blank.CopyTo(bytes, at);
        }
        return bytes;
    }

    private const int TurnedBytes = 26;

    /// <summary>EXIF data that say how a picture is turned, and nothing else.</summary>
    private static byte[] Turned(int orientation) =>
    [
        .. "MM\0*\0\0\0\x08"u8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The segments that pixels and colours need, up to the picture's end: what follows it are previews and films.</summary>
    private static byte[] Jpeg(ReadOnlySpan<byte> bytes, int orientation)
    {
        const byte Start = 0xd8, End = 0xd9, Scan = 0xda, App0 = 0xe0, App1 = 0xe1, App2 = 0xe2, Adobe = 0xee, LastApp = 0xef, Comment = 0xfe;
        using var kept = new MemoryStream(bytes.Length);
        kept.Write([0xff, Start]);
        int at = 2;
        bool turned = orientation == 1;
        while (at + 4 <= bytes.Length)
        {
            if (bytes[at] != 0xff)
            {
                at++;
                continue;
            }
            byte marker = bytes[at + 1];
            if (marker == 0xff)
            {
                at++;
                continue;
            }
            if (marker == End)
                break;
            int length = 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            ReadOnlySpan<byte> segment = bytes[at..Math.Min(at + length, bytes.Length)];
            at += segment.Length;
            bool keep = marker is App0 or Adobe || (marker == App2 && segment[4..].StartsWith("ICC_PROFILE\0"u8))
                || !(marker is >= App0 and <= LastApp or Comment);
            if (!turned && marker != App0)
            {
                kept.Write([0xff, App1, 0, 2 + 6 + TurnedBytes]);
                kept.Write("Exif\0\0"u8);
                kept.Write(Turned(orientation));
                turned = true;
            }
            if (keep)
                kept.Write(segment);
            if (marker != Scan)
                continue;
            // Up to the next marker; 00 and restarts belong to the data.
            int from = at;
            while (at + 1 < bytes.Length && !(bytes[at] == 0xff && bytes[at + 1] is not (0 or >= 0xd0 and <= 0xd7 or 0xff)))
                at++;
            if (at + 1 >= bytes.Length)
                at = bytes.Length;
            kept.Write(bytes[from..at]);
        }
        kept.Write([0xff, End]);
        return kept.ToArray();
    }
}
