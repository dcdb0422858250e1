namespace HeadCount.Imaging;

/// <summary>
/// Walks through the coded data of a JPEG file without making a picture of it, to find damage that decoders pass over:
/// bytes that are wrong but still are codes (ITU-T T.81, annex F). Sequential files with Huffman codes and 8 bits are
/// walked through; of others the decoder alone tells.
/// </summary>
internal sealed class JpegScan
{
    /// <summary>Beyond this no mean of eight-bit samples goes, some overshoot of encoders included.</summary>
    private const int MostDc = 1300;

    private const int FastBits = 9;

    private sealed class Table
    {
        /// <summary>For the next bits: length of the code and its value; 0 where it is longer.</summary>
        internal readonly ushort[] Fast = new ushort[1 << FastBits];

        internal readonly int[] MaxCode = new int[18], Offset = new int[17];
        internal byte[] Values = [];
    }

    private sealed class Component
    {
        internal int Id, Across, Down, Quantizer, Dc, Ac, Last;
    }

    /// <summary>The coded data is damaged.</summary>
    private sealed class DamageException : Exception;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _at, _end;

    private readonly Table?[] _dc = new Table?[4], _ac = new Table?[4];
    private readonly int[] _quantizers = new int[4];
    private readonly List<Component> _components = [];
    private int _width, _height, _restart, _mostAcross, _mostDown;

    private ulong _bits;
    private int _count;
    private int _marker = -1;
    private int _missing;
    private int _row;

    private JpegScan(Stream stream) => _stream = stream;

    /// <summary>
    /// The first row of pixels, as they are stored, in which damage shows; 0 where it shows only at the end of the data;
    /// null for a sound file and for kinds that are not walked through.
    /// </summary>
    internal static int? DamagedRow(Stream stream)
    {
        var scan = new JpegScan(stream);
        try
        {
            scan.Walk();
            return null;
        }
        catch (DamageException)
        {
            return scan._row;
        }
        catch (EndOfStreamException)
        {
            // Cut off in its segments: the decoder has said so, or what is missing is of no use.
            return null;
        }
    }

    private void Walk()
    {
        if (Byte() != 0xFF || Byte() != 0xD8)
            return;
        while (true)
        {
            int marker = _marker >= 0 ? _marker : NextMarker();
            _marker = -1;
            switch (marker)
            {
                case 0xD9:
                    return;
                case 0xC0 or 0xC1:
                    if (!Frame())
                        return;
                    break;
                case 0xC4:
                    Tables();
                    break;
                case 0xDB:
                    Quantizers();
                    break;
                case 0xDD:
                    Word();
                    _restart = Word();
                    break;
                case 0xDA:
                    if (_components.Count == 0 || !Scan())
                        return;
                    break;
                // Progressive, lossless, arithmetic: not walked through.
                case >= 0xC2 and <= 0xCF and not 0xC8 and not 0xCC:
                    return;
                default:
                    if (marker is not (0x01 or (>= 0xD0 and <= 0xD8)))
                        Skip(Word() - 2);
                    break;
            }
        }
    }

    private int NextMarker()
    {
        while (true)
        {
            while (Byte() != 0xFF)
            {
            }
            int marker;
            do
                marker = Byte();
            while (marker == 0xFF);
            if (marker != 0)
                return marker;
        }
    }

    private bool Frame()
    {
        Word();
        int precision = Byte();
        (_height, _width) = (Word(), Word());
        int count = Byte();
        if (precision != 8 || _height == 0 || _width == 0 || count is < 1 or > 4)
            return false;
        for (int i = 0; i < count; i++)
        {
            var component = new Component { Id = Byte() };
            int factors = Byte();
            (component.Across, component.Down, component.Quantizer) = (factors >> 4, factors & 15, Byte() & 3);
            if (component.Across is < 1 or > 4 || component.Down is < 1 or > 4)
                return false;
            _components.Add(component);
        }
        (_mostAcross, _mostDown) = (_components.Max(c => c.Across), _components.Max(c => c.Down));
        return true;
    }

    private void Quantizers()
    {
        for (int left = Word() - 2; left > 0;)
        {
            int info = Byte(), size = info >> 4 == 0 ? 1 : 2;
            _quantizers[info & 3] = size == 1 ? Byte() : Word();
            Skip(63 * size);
            left -= 1 + 64 * size;
        }
    }

    private void Tables()
    {
        for (int left = Word() - 2; left > 0;)
        {
            int info = Byte();
            var counts = new int[17];
            for (int length = 1; length <= 16; length++)
                counts[length] = Byte();
            int total = counts.Sum();
            if (total > 256)
                throw new EndOfStreamException();
            var table = new Table { Values = new byte[total] };
            for (int i = 0; i < total; i++)
                table.Values[i] = (byte)Byte();
            left -= 17 + total;
            int code = 0, at = 0;
            for (int length = 1; length <= 16; length++, code <<= 1)
            {
                table.Offset[length] = at - code;
                for (int i = 0; i < counts[length]; i++, code++, at++)
                    if (length <= FastBits)
                        for (int fill = 0; fill < 1 << (FastBits - length) && (code << (FastBits - length) | fill) < table.Fast.Length; fill++)
                            table.Fast[code << (FastBits - length) | fill] = (ushort)(length << 8 | table.Values[at]);
                table.MaxCode[length] = counts[length] > 0 ? code - 1 : -1;
            }
            ((info & 0x10) == 0 ? _dc : _ac)[info & 3] = table;
        }
    }

    private bool Scan()
    {
        Word();
        int count = Byte();
        var scanned = new Component[count];
        for (int i = 0; i < count; i++)
        {
            int id = Byte(), tables = Byte();
            if (_components.Find(component => component.Id == id) is not { } found)
                return false;
            (scanned[i], found.Dc, found.Ac, found.Last) = (found, tables >> 4 & 3, tables & 3, 0);
        }
        Skip(3);
        (_bits, _count, _missing) = (0, 0, 0);

        // Several components come in units of all their blocks, a single one block by block.
        bool together = count > 1;
        int unitWidth = 8 * _mostAcross, unitHeight = 8 * _mostDown;
        int across = Parts(_width, unitWidth), down = Parts(_height, unitHeight);
        if (!together)
        {
            across = Parts(Parts(_width * scanned[0].Across, _mostAcross), 8);
            down = Parts(Parts(_height * scanned[0].Down, _mostDown), 8);
            unitHeight = 8 * _mostDown / scanned[0].Down;
        }
        int sinceRestart = 0, restarts = 0;
        for (int y = 0; y < down; y++)
        {
            _row = y * unitHeight;
            for (int x = 0; x < across; x++)
            {
                if (_restart > 0 && sinceRestart++ == _restart)
                {
                    Restart(scanned, restarts++);
                    sinceRestart = 1;
                }
                foreach (Component component in scanned)
                    for (int block = together ? component.Across * component.Down : 1; block > 0; block--)
                        Block(component);
            }
        }
        _row = 0;
        End();
        return true;
    }

    private static int Parts(int whole, int part) => (whole + part - 1) / part;

    private void Block(Component component)
    {
        Table dc = _dc[component.Dc] ?? throw new DamageException(), ac = _ac[component.Ac] ?? throw new DamageException();
        int size = Symbol(dc);
        if (size > 11)
            throw new DamageException();
        if (size > 0)
        {
            int value = Take(size);
            component.Last += value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
            if (Math.Abs(component.Last * _quantizers[component.Quantizer]) > MostDc + _quantizers[component.Quantizer])
                throw new DamageException();
        }
        for (int k = 1; k < 64; k++)
        {
            int symbol = Symbol(ac), run = symbol >> 4;
            size = symbol & 15;
            if (size == 0)
            {
                if (run != 15)
                    return;
                k += 15;
                continue;
            }
            k += run;
            if (k > 63 || size > 10)
                throw new DamageException();
            Take(size);
        }
    }

    private int Symbol(Table table)
    {
        Fill();
        int fast = table.Fast[(int)(_bits >> (64 - FastBits))];
        if (fast != 0)
        {
            Drop(fast >> 8);
            return fast & 255;
        }
        for (int length = FastBits + 1; length <= 16; length++)
        {
            int code = (int)(_bits >> (64 - length));
            if (code <= table.MaxCode[length] && table.Offset[length] + code is >= 0 and var at && at < table.Values.Length)
            {
                Drop(length);
                return table.Values[at];
            }
        }
        throw new DamageException();
    }

    private int Take(int bits)
    {
        Fill();
        int value = (int)(_bits >> (64 - bits));
        Drop(bits);
        return value;
    }

    private void Drop(int bits)
    {
        _bits <<= bits;
        _count -= bits;
        // What stands behind the data was taken for data.
        if (_count < _missing)
            throw new DamageException();
    }

    /// <summary>At least 32 bits, with zeros behind the end of the data.</summary>
    private void Fill()
    {
        while (_count <= 56)
        {
            int next = 0;
            if (_marker < 0)
            {
                next = Byte();
                if (next == 0xFF)
                {
                    int marker;
                    do
                        marker = Byte();
                    while (marker == 0xFF);
                    if (marker != 0)
                        (_marker, next) = (marker, 0);
                }
            }
            if (_marker >= 0)
                _missing += 8;
            _bits |= (ulong)next << (56 - _count);
            _count += 8;
        }
    }

    private void Restart(Component[] scanned, int number)
    {
        End();
        if (_marker != 0xD0 + number % 8)
            throw new DamageException();
        (_bits, _count, _missing, _marker) = (0, 0, 0, -1);
        foreach (Component component in scanned)
            component.Last = 0;
    }

    /// <summary>Behind the data there is a marker, after less than a byte of filling.</summary>
    private void End()
    {
        Fill();
        int left = _count - _missing;
        if (_marker >= 0 && left < 8)
            return;
        // Zeros that a camera has put there hurt nobody.
        ulong rest = left <= 0 ? 0 : _bits >> (64 - left) & ((1UL << (left / 8 * 8)) - 1);
        while (rest == 0 && _marker < 0)
        {
            int next = Byte();
            if (next == 0xFF)
                _marker = Byte();
            else if (next != 0)
                rest = 1;
        }
        if (rest != 0)
            throw new DamageException();
    }

    private int Word() => Byte() << 8 | Byte();

    private void Skip(int count)
    {
        for (; count > 0; count--)
            Byte();
    }

    private int Byte()
    {
        if (_at == _end)
        {
            _end = _stream.Read(_buffer);
            _at = 0;
            if (_end == 0)
                throw new EndOfStreamException();
        }
        return _buffer[_at++];
    }
}
