using System.Buffers.Binary;

namespace HeadCount.Tests.Imaging;

/// <summary>Writes small TIFF files by hand (TIFF 6.0, little-endian, uncompressed, a strip a page).</summary>
internal sealed class TiffBytes
{
    private readonly List<byte> _file = [(byte)'I', (byte)'I', 42, 0, 0, 0, 0, 0];
    private int _link = 4, _nextLink;

    /// <summary>Adds a page to the chain.</summary>
    internal TiffBytes Page(int width, int height, byte value, params (int Tag, int Value)[] more)
    {
        Point(_link, Directory(width, height, value, [], more));
        return this;
    }

    /// <summary>Adds a page with another one below it (SubIFDs).</summary>
    internal TiffBytes PageWithBelow(int width, int height, byte value, (int Width, int Height, byte Value) below, params (int Tag, int Value)[] more)
    {
        int at = Directory(below.Width, below.Height, below.Value, [], []);
        Point(_link, Directory(width, height, value, [(330, 4, at)], more));
        return this;
    }

    internal byte[] ToArray() => [.. _file];

    private int Directory(int width, int height, byte value, (int Tag, int Type, int Value)[] longs, (int Tag, int Value)[] more)
    {
        int samples = more.Where(entry => entry.Tag == 277).Select(entry => entry.Value).FirstOrDefault(1);
        int data = _file.Count;
        _file.AddRange(Enumerable.Range(0, width * height * samples).Select(i => (byte)(i % samples < 3 ? value : 0)));
        var entries = new List<(int Tag, int Type, int Value)>
        {
            (256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (273, 4, data), (278, 4, height), (279, 4, width * height * samples),
        };
        if (more.All(entry => entry.Tag != 262))
            entries.Add((262, 3, samples >= 3 ? 2 : 1));
        entries.AddRange(longs);
        entries.AddRange(more.Select(entry => (entry.Tag, 3, entry.Value)));
        if (_file.Count % 2 == 1)
            _file.Add(0);
        int bits = 0;
        if (samples > 1)
        {
            bits = _file.Count;
            for (int i = 0; i < samples; i++)
                _file.AddRange([8, 0]);
        }
        int at = _file.Count;
        Add(entries.Count, 2);
        foreach ((int tag, int type, int number) in entries.OrderBy(entry => entry.Tag))
        {
            Add(tag, 2);
            Add(type, 2);
            bool isBits = tag == 258 && samples > 1;
            Add(isBits ? samples : 1, 4);
            // Two samples' bits stand in the entry itself.
            Add(isBits ? samples == 2 ? 8 | 8 << 16 : bits : number, 4);
        }
        _nextLink = _file.Count;
        Add(0, 4);
        return at;
    }

    private void Point(int link, int at)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, at);
        for (int i = 0; i < 4; i++)
            _file[link + i] = bytes[i];
        _link = _nextLink;
    }

    private void Add(int value, int bytes)
    {
        for (int i = 0; i < bytes; i++)
            _file.Add((byte)(value >> (8 * i)));
    }
}
