using System.Buffers.Binary;

namespace HeadCount.Imaging;

/// <summary>A page of a TIFF file, as its directory describes it.</summary>
/// <param name="Page">Its number among the pages, from 0.</param>
/// <param name="SubPage">Its number among the pages below that page, from 0; null for the page itself.</param>
internal sealed record TiffPage(int Page, int? SubPage)
{
    /// <summary>Columns.</summary>
    internal long Width { get; set; }

    /// <summary>Rows.</summary>
    internal long Height { get; set; }

    /// <summary>Whether it is a smaller copy of another page, or the mask of one.</summary>
    internal bool IsReducedOrMask { get; set; }

    /// <summary>What the numbers mean: 0 and 1 grey, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, 8 Lab; of raw files 32803 and 34892.</summary>
    internal long Photometric { get; set; }

    /// <summary>Numbers a pixel.</summary>
    internal long Samples { get; set; } = 1;

    /// <summary>How many samples beside the colours are alpha.</summary>
    internal int AlphaSamples { get; set; }

    /// <summary>Samples beside the colours.</summary>
    internal int ExtraSamples { get; set; }
}

/// <summary>
/// Walks through the directories of a TIFF file (TIFF 6.0; TIFF Technical Note 1 for SubIFDs; BigTIFF), to find the
/// picture among its smaller copies and masks: NewSubfileType, bits 0 and 2.
/// </summary>
internal sealed class TiffPages
{
    private const int MostPages = 4096, MostEntries = 4096;
    private const int ColourFilterArray = 32803, LinearRaw = 34892;

    private readonly Stream _stream;
    private readonly bool _little, _big;
    private readonly List<TiffPage> _pages = [];

    private TiffPages(Stream stream, bool little, bool big) => (_stream, _little, _big) = (stream, little, big);

    /// <summary>Whether it is the raw file of a camera, in the form of a TIFF.</summary>
    internal bool IsRaw { get; private set; }

    /// <summary>The pages, as far as the file is sound, in their order.</summary>
    internal IReadOnlyList<TiffPage> Pages => _pages;

    /// <summary>The picture: the first page that is no smaller copy; else the first such page below another; else the
    /// largest.</summary>
    internal TiffPage? Picture => _pages.FirstOrDefault(page => page is { SubPage: null, IsReducedOrMask: false })
        ?? _pages.FirstOrDefault(page => !page.IsReducedOrMask)
        ?? _pages.MaxBy(page => page.Width * page.Height);

    /// <summary>The pages of a file; null where it is no TIFF.</summary>
    internal static TiffPages? Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[16];
        int length = stream.ReadAtLeast(start, 16, throwOnEndOfStream: false);
        if (length < 8)
            return null;
        bool little = start[0] == 'I' && start[1] == 'I';
        if (!little && !(start[0] == 'M' && start[1] == 'M'))
            return null;
        int version = little ? BinaryPrimitives.ReadUInt16LittleEndian(start[2..]) : BinaryPrimitives.ReadUInt16BigEndian(start[2..]);
        if (version is not (42 or 43) || version == 43 && length < 16)
            return null;
        var pages = new TiffPages(stream, little, big: version == 43);
        try
        {
            pages.Walk(version == 43 ? pages.Number(start[8..], 8) : pages.Number(start[4..], 4));
        }
        catch (Exception e) when (e is EndOfStreamException or IOException or OverflowException)
        {
            // Cut off: the decoder says what is wrong.
        }
        return pages;
    }

    private void Walk(long first)
    {
        var seen = new HashSet<long>();
        long at = first;
        for (int page = 0; at > 0 && page < MostPages && seen.Add(at); page++)
        {
            (long next, long[] below) = Directory(at, new TiffPage(page, null));
            for (int i = 0; i < below.Length && _pages.Count < MostPages; i++)
                if (below[i] > 0 && seen.Add(below[i]))
                    Directory(below[i], new TiffPage(page, i));
            at = next;
        }
    }

    private (long Next, long[] Below) Directory(long at, TiffPage page)
    {
        _stream.Seek(at, SeekOrigin.Begin);
        long entries = Number(_big ? 8 : 2);
        if (entries > MostEntries)
            throw new EndOfStreamException();
        byte[] table = Bytes((int)entries * (_big ? 20 : 12));
        long next = Number(_big ? 8 : 4);
        long[] below = [];
        _pages.Add(page);
        for (int i = 0; i < entries; i++)
        {
            ReadOnlySpan<byte> entry = table.AsSpan(i * (_big ? 20 : 12));
            switch (Number(entry, 2))
            {
                case 254: page.IsReducedOrMask |= (Values(entry)[0] & 0b101) != 0; break;
                case 255: page.IsReducedOrMask |= Values(entry)[0] == 2; break;
                case 256: page.Width = Values(entry)[0]; break;
                case 257: page.Height = Values(entry)[0]; break;
                case 262: page.Photometric = Values(entry)[0]; break;
                case 277: page.Samples = Values(entry)[0]; break;
                case 330: below = Values(entry); break;
                case 338:
                    long[] extra = Values(entry);
                    (page.ExtraSamples, page.AlphaSamples) = (extra.Length, extra.Count(kind => kind is 1 or 2));
                    break;
                // DNGVersion.
                case 50706: IsRaw = true; break;
                default: break;
            }
        }
        IsRaw |= page.Photometric is ColourFilterArray or LinearRaw;
        return (next, below);
    }

    /// <summary>The whole numbers of an entry, at least one.</summary>
    private long[] Values(ReadOnlySpan<byte> entry)
    {
        int size = Number(entry[2..], 2) switch { 1 or 2 or 6 or 7 => 1, 3 or 8 => 2, 4 or 9 or 13 => 4, 16 or 17 or 18 => 8, _ => 0 };
        long count = Number(entry[4..], _big ? 8 : 4);
        if (size == 0 || count < 1 || count > MostPages)
            return [0];
        ReadOnlySpan<byte> data = entry[(_big ? 12 : 8)..];
        if (count * size > (_big ? 8 : 4))
        {
            _stream.Seek(Number(data, _big ? 8 : 4), SeekOrigin.Begin);
            data = Bytes((int)count * size);
        }
        var values = new long[count];
        for (int i = 0; i < count; i++)
            values[i] = Number(data[(i * size)..], size);
        return values;
    }

    private long Number(int size) => Number(Bytes(size), size);

    private long Number(ReadOnlySpan<byte> data, int size) => size switch
    {
        1 => data[0],
        2 => _little ? BinaryPrimitives.ReadUInt16LittleEndian(data) : BinaryPrimitives.ReadUInt16BigEndian(data),
        4 => _little ? BinaryPrimitives.ReadUInt32LittleEndian(data) : BinaryPrimitives.ReadUInt32BigEndian(data),
        _ => checked((long)(_little ? BinaryPrimitives.ReadUInt64LittleEndian(data) : BinaryPrimitives.ReadUInt64BigEndian(data))),
    };

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }
}
