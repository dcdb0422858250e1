using System.Diagnostics;
using System.Text;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Tests.Annotations.Mat;
using Xunit;

namespace HeadCount.Tests.Annotations;

/// <summary>Damaged and hostile files: read, or refused with one line that names them, quickly.</summary>
public sealed class MalformedTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public MalformedTests()
    {
        PictureWriter.Save(new RgbImage(64, 48), _folder["a.jpg"]);
        _folder.Write("labels.txt", "1 2\n");
    }

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Ids => [.. Samples.All.Keys];

    /// <summary>Reads; gives the refusal, or null.</summary>
    private string? Refusal(string id, byte[] content)
    {
        string path = _folder.Write("file", content);
        if (id == "nwpu" && content.AsSpan().StartsWith("MATLAB"u8))
            File.Move(path, path = _folder["file.mat"], overwrite: true);
        try
        {
            Samples.Read(id, path, _folder["a.jpg"]);
            return null;
        }
        catch (AnnotationException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            Assert.StartsWith(_folder.Root, e.Message, StringComparison.Ordinal);
            return e.Message;
        }
    }

    [Fact]
    public void EveryFormatThatIsReadHasASample() => Assert.Equal(
        AnnotationFormat.All.Where(format => format.Read is not null).Select(format => format.Id).Order(),
        Samples.All.Keys.Select(Samples.Id).Distinct().Order());

    [Theory]
    [MemberData(nameof(Ids))]
    public void Sample_IsRead(string id) => Assert.Null(Refusal(id, Samples.All[id]));

    [Theory]
    [MemberData(nameof(Ids))]
    public void CutAnywhere_IsReadOrRefused(string id)
    {
        byte[] whole = Samples.All[id];
        for (int length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 60))
        {
            string? refusal = Refusal(id, whole[..length]);
            // What begins with a bracket is not whole before the last one.
            if (whole[0] is (byte)'{' or (byte)'[' or (byte)'<' && length < whole.Length - 2)
                Assert.NotNull(refusal);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void OtherKindsOfFiles_AreRefused(string id)
    {
        byte[] jpeg = File.ReadAllBytes(_folder["a.jpg"]);
        Assert.NotNull(Refusal(id, jpeg));
        Assert.NotNull(Refusal(id, [0xFF, 0xFE, 0x00, 0x01]));
        Assert.NotNull(Refusal(id, "null"u8.ToArray()));
        Assert.NotNull(Refusal(id, "hello, world\n"u8.ToArray()));
    }

    [Theory]
    [InlineData("nwpu", "{\"points\":", "[", "]", "}")]
    [InlineData("labelme", "{\"shapes\":", "[", "]", "}")]
    [InlineData("labelme", "{\"other\":", "[", "]", "}")]
    [InlineData("via", "{\"a\":", "{\"a\":", "}", "}")]
    [InlineData("coco", "{\"images\":", "[", "]", "}")]
    [InlineData("coco", "{\"other\":", "{\"a\":", "}", "}")]
    [InlineData("labelstudio", "", "[", "]", "")]
    [InlineData("crowdhuman", "{\"gtboxes\":", "[", "]", "}")]
    public void NestedTenThousandDeep_IsRefused(string id, string start, string open, string close, string end)
    {
        const int Depth = 10_000;
        string text = start + string.Concat(Enumerable.Repeat(open, Depth)) + "1" +
            string.Concat(Enumerable.Repeat(close, Depth)) + end;
        Assert.Contains("no valid JSON (The maximum configured depth of 64", Refusal(id, Encoding.UTF8.GetBytes(text)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void XmlNestedTenThousandDeep_IsRead()
    {
        string text = "<annotations>" + string.Concat(Enumerable.Repeat("<a>", 10_000)) +
            string.Concat(Enumerable.Repeat("</a>", 10_000)) + "</annotations>";
        Assert.Null(Refusal("cvat", Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void XmlEntityBomb_IsRefusedBeforeItGrows()
    {
        var text = new StringBuilder("<!DOCTYPE a [<!ENTITY e0 \"aaaaaaaaaa\">");
        for (int i = 1; i < 12; i++)
            text.Append($"<!ENTITY e{i} \"{string.Concat(Enumerable.Repeat($"&e{i - 1};", 10))}\">");
        text.Append("]><annotations><image name=\"&e11;\"/></annotations>");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("DTD is prohibited", Refusal("cvat", Encoding.UTF8.GetBytes(text.ToString())),
            StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5_000_000);
    }

    [Fact]
    public void XmlExternalEntity_IsNotFetched() => Assert.Contains("DTD is prohibited", Refusal("cvat", Encoding.UTF8.GetBytes(
        $"<!DOCTYPE a [<!ENTITY e SYSTEM \"file://{_folder["labels.txt"]}\">]><annotations>&e;</annotations>")),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("shanghaitech")]
    [InlineData("ucf")]
    [InlineData("nwpu")]
    public void ZipBombInMat_IsRefusedInBoundedMemory(string id)
    {
        var mat = new MatBytes();
        byte[] bomb = mat.File(mat.Compressed(mat.Array(6, "annPoints", 20 << 20, 2, mat.Element(2, new byte[40 << 20]))));
        Assert.InRange(bomb.Length, 0, 1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("unpacks to more than", Refusal(id, bomb), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("-1e300")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("1e999")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    public void AbsurdNumbers_AreRefusedEverywhere(string number)
    {
        Dictionary<string, string> texts = new()
        {
            ["nwpu"] = $$"""{"points":[[1,2],[{{number}},2]]}""",
            ["jhu"] = $"1 2 3 4 1 0\n{number} 2 3 4 1 0\n",
            ["yolo"] = $"0 0.5 0.5 0.1 0.1\n0 0.5 {number} 0.1 0.1\n",
            ["labelme"] = $$"""{"shapes":[{"label":"h","points":[[1,{{number}}]],"shape_type":"point"}]}""",
            ["via"] = $$$"""{"a":{"filename":"a","regions":[{"shape_attributes":{"name":"point","cx":1,"cy":{{{number}}}}}]}}""",
            ["mot"] = $"1,1,{number},1,10,30,1,1,1\n",
            ["visdrone"] = $"{number},20,30,60,1,1,0,0\n",
            ["vscrowd"] = $"1 7 0 0 4 4 2 {number}\n",
            ["csv"] = $"image,x,y\na.jpg,{number},2\n",
            ["coco"] = $$"""{"images":[{"id":1,"file_name":"a"}],"annotations":[{"image_id":1,"bbox":[1,2,{{number}},4]}]}""",
            ["cvat"] = $"<annotations><image name='a'><points label='h' points='1,{number}'/></image></annotations>",
            ["labelstudio"] = $$$"""[{"data":{"image":"a"},"annotations":[{"result":[{"type":"keypointlabels","original_width":9,"original_height":9,"value":{"x":{{{number}}},"y":1}}]}]}]""",
            ["crowdhuman"] = $$"""{"ID":"a","gtboxes":[{"hbox":[1,2,{{number}},4]}]}""",
            ["nwpu-points"] = $"1 1 {number} 3\n",
        };
        Assert.All(texts, text => Assert.NotNull(Refusal(text.Key, Encoding.UTF8.GetBytes(text.Value))));
        var mat = new MatBytes();
        double value = double.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotNull(Refusal("ucf", mat.File(mat.Doubles("annPoints", 1, 2, 1, value))));
    }

    [Fact]
    public void OneEndlessValue_IsRefusedInBoundedMemory()
    {
        // 20 MiB of one annotation: more than any has.
        string text = "{\"images\":[{\"id\":1,\"file_name\":\"a\"}],\"annotations\":[{\"image_id\":1,\"bbox\":[" +
            string.Concat(Enumerable.Repeat("0,", 10 << 20)) + "0]}]}";
        Assert.Contains("a single value of more than", Refusal("coco", Encoding.UTF8.GetBytes(text)),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void DeviceWithoutEnd_IsEmpty(string id)
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "no /dev/zero here");
        string link = File.CreateSymbolicLink(_folder["device"], "/dev/zero").FullName;
        try
        {
            Assert.All(Samples.Read(id, link, _folder["a.jpg"]), picture => Assert.Empty(picture.Heads));
        }
        catch (AnnotationException e)
        {
            Assert.StartsWith(link, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LoneSurrogates_AreRefused()
    {
        Assert.Contains("UTF-8", Refusal("labelme", """{"shapes":[{"label":"\ud800","points":[[1,2]]}]}"""u8.ToArray()),
            StringComparison.Ordinal);
        Assert.Contains("UTF-8", Refusal("via", """{"\ud800":1}"""u8.ToArray()), StringComparison.Ordinal);
    }

    /// <summary>Random damage, the same in every run. HEADCOUNT_FUZZ_MINUTES goes on for longer, with other seeds.</summary>
    [Fact]
    public void RandomDamage_IsReadOrRefused()
    {
        double minutes = double.TryParse(Environment.GetEnvironmentVariable("HEADCOUNT_FUZZ_MINUTES"),
            System.Globalization.CultureInfo.InvariantCulture, out double given) ? given : 0;
        var clock = Stopwatch.StartNew();
        int round = 0;
        do
        {
            foreach ((string id, byte[] whole) in Samples.All)
                for (int i = 0; i < 40; i++)
                {
                    byte[] damaged = Damage(new Random(HashCode(id, round, i)), whole);
                    try
                    {
                        Refusal(id, damaged);
                    }
                    catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                    {
                        Assert.Fail($"{id}, round {round}, case {i}: {e}\n{Convert.ToHexString(damaged)}");
                    }
                }
            round++;
        }
        while (clock.Elapsed.TotalMinutes < minutes);
        TestContext.Current.SendDiagnosticMessage($"{round} rounds");
    }

    private static int HashCode(string id, int round, int i) => id.Aggregate(17, (hash, c) => 31 * hash + c) + 1000 * round + i;

    private static readonly string[] Tokens =
        ["{", "}", "[", "]", "\"", ",", ":", "null", "1e308", "-1", "\\ud800", "<", ">", "&", "\n", " ", "NaN", "\0"];

    private static byte[] Damage(Random random, byte[] whole)
    {
        var bytes = whole.ToList();
        for (int k = random.Next(1, 5); k > 0 && bytes.Count > 0; k--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }
        return [.. bytes];
    }
}
