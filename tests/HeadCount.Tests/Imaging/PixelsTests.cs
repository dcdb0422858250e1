using FsCheck.Xunit;
using HeadCount.Imaging;
using NetVips;
using Xunit;

namespace HeadCount.Tests.Imaging;

/// <summary>The right pixels of a file: page, channels, range; what is wrong with it is noted.</summary>
public sealed class PixelsTests : IDisposable
{
    private const int NewSubfileType = 254, Photometric = 262, Samples = 277, ExtraSamples = 338, DngVersion = 50706;

    /// <summary>A grey AVIF picture of 64×48 pixels: libvips writes none here.</summary>
    private const string Avif =
        "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAD5bWV0YQAAAAAAAAAvaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAFBpY3R1cm" +
        "VIYW5kbGVyAAAAAA5waXRtAAAAAAABAAAAHmlsb2MAAAAARAAAAQABAAAAAQAAASEAAAAUAAAAKGlpbmYAAAAAAAEAAAAaaW5mZQIAAAAAAQAA" +
        "YXYwMUNvbG9yAAAAAGppcHJwAAAAS2lwY28AAAAUaXNwZQAAAAAAAABAAAAAMAAAABBwaXhpAAAAAAMICAgAAAAMYXYxQ4EADAAAAAATY29scm" +
        "5jbHgAAgACAAIAAAAAF2lwbWEAAAAAAAAAAQABBAECgwQAAAAcbWRhdAoGGBV/vbAIMgoYAAAAUAAAAAms";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static (RgbImage Image, IReadOnlyList<string> Notes, bool IsDamaged) Read(string path)
    {
        using Picture picture = Picture.Open(path);
        var image = new RgbImage(picture.Width, picture.Height);
        picture.ReadRows(image.Pixels);
        return (image, picture.Notes, picture.IsDamaged);
    }

    private (int Width, int Height, byte First, string Notes) Read(TiffBytes tiff)
    {
        (RgbImage image, IReadOnlyList<string> notes, _) = Read(_folder.Write("a.tif", tiff.ToArray()));
        return (image.Width, image.Height, image.Pixels[0], string.Join('|', notes));
    }

    // TIFF 6.0, page 36: bit 0 of NewSubfileType is a reduced copy, bit 2 a mask.
    [Fact]
    public void Tiff_ReducedCopiesAndMasks_AreNoPictures() => Assert.Equal((40, 30, (byte)200, ""),
        Read(new TiffBytes().Page(10, 8, 50, (NewSubfileType, 1)).Page(40, 30, 7, (NewSubfileType, 4)).Page(40, 30, 200)));

    [Fact]
    public void Tiff_ThePageBelowAReducedCopy_IsThePicture() => Assert.Equal((40, 30, (byte)200, ""),
        Read(new TiffBytes().PageWithBelow(10, 8, 50, (40, 30, 200), (NewSubfileType, 1))));

    [Fact]
    public void Tiff_ReducedCopiesAlone_GiveTheLargest() => Assert.Equal((40, 30, (byte)200, ""),
        Read(new TiffBytes().Page(10, 8, 50, (NewSubfileType, 1)).Page(40, 30, 200, (NewSubfileType, 1))));

    [Fact]
    public void Tiff_SeveralPages_TheFirstIsTakenAndSaid() => Assert.Equal((10, 8, (byte)50, "the first of 2 pages is counted"),
        Read(new TiffBytes().Page(10, 8, 50).Page(40, 30, 200)));

    [Theory]
    [InlineData(DngVersion, 1)]
    [InlineData(Photometric, 32803)]
    [InlineData(Photometric, 34892)]
    public void Tiff_OfACamera_IsRefused(int tag, int value) => Assert.EndsWith("a camera raw file, which is not developed here; save it as JPEG",
        Assert.Throws<PictureException>(() => Read(new TiffBytes().Page(10, 8, 50, (tag, value)))).Message, StringComparison.Ordinal);

    // ExtraSamples 0 is unspecified data, 1 and 2 are alpha.
    [Fact]
    public void Tiff_ChannelThatIsNoAlpha_IsLeftOut()
    {
        (_, _, byte first, string notes) = Read(new TiffBytes().Page(10, 8, 50, (Samples, 4), (ExtraSamples, 0)));
        Assert.Equal((50, "a channel beside the colours left out, which the file does not call alpha"), (first, notes));
        // As alpha the same zeros let the white below through.
        (_, _, first, notes) = Read(new TiffBytes().Page(10, 8, 50, (Samples, 4), (ExtraSamples, 2)));
        Assert.Equal((255, ""), (first, notes));
    }

    [Fact]
    public void FiveChannels_AreNamed()
    {
        string message = Assert.Throws<PictureException>(() => Read(new TiffBytes().Page(10, 8, 50, (Samples, 5)))).Message;
        Assert.EndsWith(": 5 channels a pixel; save it as a grey or RGB picture", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Enums.BandFormat.Float, 1, 3)]
    [InlineData(Enums.BandFormat.Float, 255, 3)]
    [InlineData(Enums.BandFormat.Float, 1, 1)]
    [InlineData(Enums.BandFormat.Float, 65535, 1)]
    [InlineData(Enums.BandFormat.Ushort, 4095, 3)]
    [InlineData(Enums.BandFormat.Ushort, 4095, 1)]
    [InlineData(Enums.BandFormat.Ushort, 65535, 3)]
    public void Numbers_AreScaledByTheirRange(Enums.BandFormat format, double white, int bands)
    {
        // A ramp from black to white.
        byte[] ramp = [.. Enumerable.Range(0, 256 * 4 * bands).Select(i => (byte)(i / bands % 256))];
        using (Image bytes = Image.NewFromMemory(ramp, 256, 4, bands, Enums.BandFormat.Uchar))
        using (Image numbers = bytes.Linear([white / 255], [0.0]))
        using (Image cast = numbers.Cast(format))
        using (Image named = cast.Copy(interpretation: format == Enums.BandFormat.Ushort
            ? bands == 3 ? Enums.Interpretation.Rgb16 : Enums.Interpretation.Grey16
            : bands == 3 ? Enums.Interpretation.Srgb : Enums.Interpretation.Bw))
            named.WriteToFile(_folder["n.tif"]);
        (RgbImage image, IReadOnlyList<string> notes, _) = Read(_folder["n.tif"]);
        for (int x = 0; x < 256; x++)
            Assert.InRange(image.Pixels[3 * x], x - 1, x + 1);
        Assert.Equal(white == 65535 && format == Enums.BandFormat.Ushort ? 0 : 1, notes.Count);
    }

    [Theory]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "HEIC (HEVC)")]
    [InlineData("\0\0\0\u0018ftypmif1\0\0\0\0mif1heix", "HEIC (HEVC)")]
    [InlineData("\0\0\0\u0018ftypcrx \0\0\0\x01crx isom", "camera raw")]
    [InlineData("\0\0\0\u0018ftypisom\0\0\0\0isomavc1", "a film (MP4)")]
    [InlineData("\0\0\0\u0014ftypqt  \0\0\0\0qt  ", "a film (QuickTime)")]
    [InlineData("\u00ff\n\u00fa\u007f", "JPEG XL")]
    [InlineData("\0\0\0\fJXL \r\n\u0087\n", "JPEG XL")]
    [InlineData("\0\0\0\fjP  \r\n\u0087\n", "JPEG 2000")]
    [InlineData("BM\u0046\0\0\0\0\0\0\0\u0036\0\0\0\u0028\0\0\0\x01\0\0\0", "BMP")]
    [InlineData("8BPS\0\x01", "Photoshop")]
    [InlineData("%PDF-1.7\n", "PDF")]
    [InlineData("<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "SVG")]
    [InlineData("FUJIFILMCCD-RAW 0201", "camera raw")]
    [InlineData("II*\0\u0010\0\0\0CR\x02\0\0\0\0\0\0\0\0\0", "camera raw")]
    [InlineData("RIFF\u0010\0\0\0AVI LIST", "a film (AVI)")]
    [InlineData("\u001aE\u00df\u00a3\u0093B\u0082\u0088matroska", "a film (Matroska or WebM)")]
    [InlineData("PK\x03\x04\u0014\0", "ZIP")]
    [InlineData("<!DOCTYPE html>\n<html><body>404", "a web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "Git LFS")]
    public void OtherKinds_AreNamed(string start, string kind)
    {
        string path = _folder.Write("a.jpg", System.Text.Encoding.Latin1.GetBytes(start));
        string message = Assert.Throws<PictureException>(() => Picture.Open(path)).Message;
        Assert.StartsWith(path + ": ", message, StringComparison.Ordinal);
        Assert.Contains(kind, message, StringComparison.Ordinal);
        Assert.DoesNotContain("whole copy", message, StringComparison.Ordinal);
    }

    private static RgbImage Noise(int width, int height, int seed)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    private void Jpeg(string name, RgbImage image, VOption options)
    {
        using Image raw = Image.NewFromMemory(image.Pixels, image.Width, image.Height, 3, Enums.BandFormat.Uchar);
        using Image rgb = raw.Copy(interpretation: Enums.Interpretation.Srgb);
        rgb.WriteToFile(_folder[name], options);
    }

    [Property(MaxTest = 60)]
    public void SoundJpegs_AreNotCalledDamaged(byte width, byte height, byte quality, byte kind)
    {
        Jpeg("s.jpg", Noise(width + 1, height + 1, kind), new VOption
        {
            { "Q", 1 + quality % 100 },
            { "optimize_coding", kind % 2 == 0 },
            { "interlace", kind % 5 == 0 },
            { "restart_interval", kind % 7 == 0 ? 3 : 0 },
            { "subsample_mode", kind % 3 == 0 ? Enums.ForeignSubsample.On : Enums.ForeignSubsample.Off },
        });
        (_, IReadOnlyList<string> notes, bool isDamaged) = Read(_folder["s.jpg"]);
        Assert.Empty(notes);
        Assert.False(isDamaged);
    }

    [Fact]
    public void DamagedJpegs_AreNoted_NearTheRowOfTheDamage()
    {
        int noted = 0, tried = 40;
        for (int seed = 0; seed < tried; seed++)
        {
            Jpeg("d.jpg", Noise(200, 160, seed), new VOption { { "Q", 60 } });
            byte[] bytes = File.ReadAllBytes(_folder["d.jpg"]);
            var random = new Random(seed);
            // In the middle of the data, without making markers.
            for (int i = 0; i < 30; i++)
                bytes[bytes.Length / 2 + i] = (byte)random.Next(1, 255);
            File.WriteAllBytes(_folder["d.jpg"], bytes);
            (_, IReadOnlyList<string> notes, bool isDamaged) = Read(_folder["d.jpg"]);
            Assert.Equal(isDamaged, notes.Count == 1);
            noted += isDamaged ? 1 : 0;
            if (isDamaged && notes[0].Split("row ") is [_, var rest])
                Assert.InRange(int.Parse(rest.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 64, 160);
        }
        // A code that is wrong may still end where the right one does.
        Assert.InRange(noted, tried * 9 / 10, tried);
    }

    [Fact]
    public void Avif_IsRead()
    {
        (RgbImage image, IReadOnlyList<string> notes, _) = Read(_folder.Write("a.avif", Convert.FromBase64String(Avif)));
        Assert.Equal((64, 48), (image.Width, image.Height));
        Assert.InRange(image.Pixels[0], 126, 131);
        Assert.Empty(notes);
    }

    /// <summary>Random damage, the same in every run; HEADCOUNT_FUZZ_MINUTES goes on for longer, with other seeds.</summary>
    [Fact]
    public void RandomDamage_IsReadOrRefused()
    {
        double minutes = double.TryParse(Environment.GetEnvironmentVariable("HEADCOUNT_FUZZ_MINUTES"),
            System.Globalization.CultureInfo.InvariantCulture, out double given) ? given : 0;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        foreach (string name in (string[])["a.jpg", "a.png", "a.webp", "a.gif"])
            Jpeg(name, Noise(40, 30, 1), []);
        byte[][] whole =
        [
            .. Directory.GetFiles(_folder.Root).Order(StringComparer.Ordinal).Select(File.ReadAllBytes), Convert.FromBase64String(Avif),
            new TiffBytes().PageWithBelow(10, 8, 50, (40, 30, 200), (NewSubfileType, 1)).Page(9, 9, 1, (Samples, 4), (ExtraSamples, 2)).ToArray(),
        ];
        int seed = 0;
        do
        {
            foreach (byte[] sound in whole)
                for (int i = 0; i < 40; i++)
                {
                    var random = new Random(seed++);
                    byte[] bytes = sound[..(random.Next(4) == 0 ? random.Next(1, sound.Length) : sound.Length)];
                    for (int k = random.Next(1, 8); k > 0; k--)
                        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    string path = _folder.Write("damaged", bytes);
                    try
                    {
                        using Picture picture = Picture.Open(path, maxPixels: 1_000_000);
                        picture.ReadRows(new byte[3 * picture.Width * picture.Height]);
                    }
                    catch (PictureException e)
                    {
                        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
                        Assert.DoesNotContain('\n', e.Message);
                    }
                }
        }
        while (clock.Elapsed.TotalMinutes < minutes);
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("a.jpg")]
    public void Messages_AreOfTheFileThatTheySpeakOf(string name)
    {
        // A warning about another file stays with that one.
        Jpeg("w.jpg", Noise(100, 100, 1), new VOption { { "Q", 60 } });
        byte[] bytes = File.ReadAllBytes(_folder["w.jpg"]);
        bytes.AsSpan(bytes.Length / 2, 40).Fill(0x55);
        File.WriteAllBytes(_folder["w.jpg"], bytes);
        Read(_folder["w.jpg"]);
        Jpeg(name, Noise(100, 100, 2), []);
        bytes = File.ReadAllBytes(_folder[name]);
        string path = _folder.Write("cut" + name, bytes[..(bytes.Length / 2)]);
        Assert.DoesNotContain("orrupt JPEG", Assert.Throws<PictureException>(() => Read(path)).Message.Replace("premature end", ""), StringComparison.Ordinal);
    }
}
