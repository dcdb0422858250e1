using System.Buffers.Binary;
using HeadCount.Imaging;
using NetVips;
using Xunit;

namespace HeadCount.Tests.Imaging;

public sealed class PictureTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A header that claims a grey picture of the given size, and next to nothing behind it.</summary>
    public static byte[] PngClaiming(uint width, uint height)
    {
        byte[] png =
        [
            0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A,
            0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R', 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, (byte)'I', (byte)'D', (byte)'A', (byte)'T', 0x35, 0xAF, 0x06, 0x1E,
        ];
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32(png.AsSpan(12, 17)));
        return png;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }

    private static RgbImage Gradient(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = 3 * (y * width + x);
                image.Pixels[at] = (byte)(255 * x / width);
                image.Pixels[at + 1] = (byte)(255 * y / height);
                image.Pixels[at + 2] = 128;
            }
        }
        return image;
    }

    private static Image ToVips(RgbImage image)
    {
        using Image raw = Image.NewFromMemory(image.Pixels, image.Width, image.Height, 3, Enums.BandFormat.Uchar);
        return raw.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static void AssertNear(RgbImage expected, RgbImage actual, int tolerance)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        int worst = expected.Pixels.Zip(actual.Pixels).Max(p => Math.Abs(p.First - p.Second));
        Assert.True(worst <= tolerance, $"pixels differ by up to {worst}");
    }

    private string Error(string name) => Assert.Throws<PictureException>(() => Picture.Load(_folder[name])).Message;

    [Theory]
    [InlineData("a.png", 0)]
    [InlineData("a.jpg", 8)]
    [InlineData("a.jpeg", 8)]
    [InlineData("a.webp", 16)]
    public void Picture_SavedAndLoaded_IsTheSame(string name, int tolerance)
    {
        RgbImage image = Gradient(120, 70);
        PictureWriter.Save(image, _folder[name], quality: 100);
        AssertNear(image, Picture.Load(_folder[name]), tolerance);
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    [Theory]
    [InlineData(".tif")]
    [InlineData(".png")]
    public void SixteenBits_AreBroughtToEight(string extension)
    {
        RgbImage image = Gradient(40, 30);
        using (Image vips = ToVips(image))
        using (Image deep = vips.Colourspace(Enums.Interpretation.Rgb16))
            deep.WriteToFile(_folder["deep" + extension]);
        AssertNear(image, Picture.Load(_folder["deep" + extension]), 1);
    }

    [Theory]
    [InlineData(Enums.Interpretation.Bw, ".jpg", 4)]
    [InlineData(Enums.Interpretation.Grey16, ".png", 1)]
    public void Grey_IsSpreadOverThreeChannels(Enums.Interpretation interpretation, string extension, int tolerance)
    {
        var grey = new RgbImage(50, 20);
        for (int i = 0; i < grey.Pixels.Length; i++)
            grey.Pixels[i] = (byte)(i / 3 % 50 * 5);
        using (Image vips = ToVips(grey))
        using (Image one = vips.Colourspace(interpretation))
        {
            Assert.Equal(1, one.Bands);
            one.WriteToFile(_folder["grey" + extension]);
        }
        AssertNear(grey, Picture.Load(_folder["grey" + extension]), tolerance);
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".tif")]
    public void Cmyk_IsConverted(string extension)
    {
        // Colours that ink can show.
        var image = new RgbImage(32, 32);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(i % 3 == 0 ? 180 : 100 + i / 96);
        using (Image vips = ToVips(image))
        using (Image cmyk = vips.IccTransform("cmyk", inputProfile: "srgb"))
        {
            Assert.Equal(4, cmyk.Bands);
            cmyk.WriteToFile(_folder["ink" + extension]);
        }
        AssertNear(image, Picture.Load(_folder["ink" + extension]), 12);
    }

    [Theory]
    [InlineData(Enums.Interpretation.Srgb)]
    [InlineData(Enums.Interpretation.Rgb16)]
    public void Transparent_LiesOverWhite(Enums.Interpretation interpretation)
    {
        using (Image vips = ToVips(Gradient(30, 30)))
        using (Image deep = vips.Colourspace(interpretation))
        using (Image clear = deep.BandjoinConst([0.0]))
            clear.WriteToFile(_folder["clear.png"]);
        Assert.All(Picture.Load(_folder["clear.png"]).Pixels, value => Assert.Equal(255, value));
    }

    [Fact]
    public void Gif_GivesItsFirstFrame()
    {
        using (Image vips = ToVips(Gradient(40, 20)))
            vips.WriteToFile(_folder["a.gif"]);
        RgbImage loaded = Picture.Load(_folder["a.gif"]);
        Assert.Equal((40, 20), (loaded.Width, loaded.Height));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void ExifTurn_IsUndone(int orientation)
    {
        RgbImage upright = Gradient(60, 40);
        using (Image vips = ToVips(upright))
        using (Image stored = AsStored(vips, orientation))
        using (Image tagged = stored.Mutate(m => m.Set(GValue.GIntType, "orientation", orientation)))
            tagged.WriteToFile(_folder["turned.jpg"], new VOption { { "Q", 100 } });
        AssertNear(upright, Picture.Load(_folder["turned.jpg"]), 8);
    }

    // How a camera stores an upright picture under each EXIF orientation (TIFF 6.0, tag 274).
    private static Image AsStored(Image upright, int orientation) => orientation switch
    {
        1 => upright.Copy(),
        2 => upright.FlipHor(),
        3 => upright.Rot180(),
        4 => upright.FlipVer(),
        5 => upright.Rot90().FlipHor(),
        6 => upright.Rot270(),
        7 => upright.Rot270().FlipHor(),
        _ => upright.Rot90(),
    };

    [Fact]
    public void NameWithBrackets_IsNotReadAsOptions()
    {
        PictureWriter.Save(Gradient(20, 20), _folder["a[page=1].png"]);
        Assert.Equal(20, Picture.Load(_folder["a[page=1].png"]).Width);
    }

    [Fact]
    public void MissingFile_Folder_EmptyFile_AreNamed()
    {
        File.WriteAllBytes(_folder["empty.jpg"], []);
        Assert.Equal($"{_folder["nosuch.jpg"]}: no such file; check the path", Error("nosuch.jpg"));
        Assert.StartsWith($"{_folder[""]}: is a folder", Error(""));
        Assert.StartsWith($"{_folder["empty.jpg"]}: the file is empty", Error("empty.jpg"));
    }

    [Theory]
    [InlineData("notes.jpg", "just a text")]
    [InlineData("table.csv", "1,2,3\n4,5,6\n")]
    public void OtherFiles_AreNoPictures(string name, string content)
    {
        File.WriteAllText(_folder[name], content);
        Assert.StartsWith($"{_folder[name]}: not a picture of a known kind", Error(name));
    }

    [Theory]
    [InlineData("a.jpg", .5)]
    [InlineData("a.jpg", .95)]
    [InlineData("a.png", .5)]
    [InlineData("a.webp", .5)]
    [InlineData("a.tif", .5)]
    public void TruncatedFile_IsNoticed(string name, double share)
    {
        // Noise, so that the file is large and every part of it matters.
        var image = new RgbImage(200, 200);
        new Random(1).NextBytes(image.Pixels);
        using (Image vips = ToVips(image))
            vips.WriteToFile(_folder[name]);
        byte[] whole = File.ReadAllBytes(_folder[name]);
        File.WriteAllBytes(_folder[name], whole[..(int)(whole.Length * share)]);

        string message = Error(name);
        Assert.StartsWith(_folder[name], message);
        Assert.Contains("damaged", message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void TurnedTruncatedFile_IsNoticed()
    {
        using (Image vips = ToVips(Gradient(200, 200)))
        using (Image tagged = vips.Mutate(m => m.Set(GValue.GIntType, "orientation", 6)))
            tagged.WriteToFile(_folder["a.jpg"]);
        byte[] whole = File.ReadAllBytes(_folder["a.jpg"]);
        File.WriteAllBytes(_folder["a.jpg"], whole[..(whole.Length * 2 / 3)]);
        Assert.Contains("damaged", Error("a.jpg"));
    }

    [Fact]
    public void AbsurdSize_IsRefusedFromTheHeader_UntilTheLimitIsRaised()
    {
        File.WriteAllBytes(_folder["huge.png"], PngClaiming(100_000, 100_000));
        Assert.StartsWith(
            $"{_folder["huge.png"]}: 100000×100000 pixels, beyond the limit of 1,000,000,000 pixels", Error("huge.png"));
        using Picture opened = Picture.Open(_folder["huge.png"], maxPixels: 20_000_000_000);
        Assert.Equal(100_000, opened.Width);

        PictureWriter.Save(new RgbImage(20, 20), _folder["small.png"]);
        Assert.Throws<PictureException>(() => Picture.Open(_folder["small.png"], maxPixels: 399));
        Picture.Open(_folder["small.png"], maxPixels: 400).Dispose();
    }

    [Fact]
    public void Rows_ComeInOrder_InPiecesOfAnySize()
    {
        RgbImage image = Gradient(33, 50);
        PictureWriter.Save(image, _folder["a.png"]);
        using Picture picture = Picture.Open(_folder["a.png"]);
        var read = new List<byte>();
        foreach (int rows in (int[])[1, 30, 2, 17])
        {
            var piece = new byte[3 * 33 * rows];
            picture.ReadRows(piece);
            read.AddRange(piece);
        }
        Assert.Equal(image.Pixels, read);
        Assert.Throws<ArgumentException>(() => picture.ReadRows(new byte[3 * 33]));
    }

    [Fact]
    public void Saving_WhereItCannotBe_SaysSo()
    {
        var image = new RgbImage(4, 4);
        Assert.Contains("unknown kind of picture", SaveError(_folder["a.xyz"]));
        string path = Path.Combine(_folder["nosuch"], "a.png");
        Assert.StartsWith($"{path}: cannot be written", SaveError(path));

        string SaveError(string to) => Assert.Throws<PictureException>(() => PictureWriter.Save(image, to)).Message;
    }

    [Theory]
    [InlineData("wide.png", 90, 60, 5400, 90, 60)]
    [InlineData("wide.jpg", 90, 60, 5399, 45, 30)]
    [InlineData("wide.png", 90, 60, 600, 30, 20)]
    [InlineData("line.png", 100, 1, 10, 25, 1)]
    public void Load_ReducesAPictureThatIsLarger(string name, int width, int height, long most, int toWidth, int toHeight)
    {
        // Left half black, right half white: means stay, whatever the number of times.
        var image = new RgbImage(width, height);
        for (int i = 0; i < width * height; i++)
            image.Pixels.AsSpan(3 * i, 3).Fill(i % width < width / 2 ? (byte)0 : (byte)255);
        using var folder = new TempFolder();
        PictureWriter.Save(image, folder[name], 100);
        RgbImage reduced = Picture.Load(folder[name], reduceTo: most);
        Assert.Equal((toWidth, toHeight), (reduced.Width, reduced.Height));
        Assert.InRange(reduced.Pixels[0], 0, 3);
        Assert.InRange(reduced.Pixels[^1], 252, 255);
        Assert.Equal(127.5, reduced.Pixels.Average(value => value), 5.0);
    }
}
