using HeadCount.Tests;
using HeadCount.Training.Storage;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace HeadCount.Training.Tests.Storage;

public class TorchFileTests
{
    // Written with Python's own pickle module, as torch.save does in both formats: features.0.weight [2, 3] of 1..6,
    // features.0.bias [2] of 7 and 8 that begins at the second of its storage's four numbers, and an int64 scalar.
    private const string Zip =
        "UEsDBBQAAAAAAAAAIQCdQ+TXmQEAAJkBAAAMAAAAdmdnL2RhdGEucGtsgAJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApUnEBKFgRAAAAZmVhdHVyZXMu" +
        "MC53ZWlnaHRxAmN0b3JjaC5fdXRpbHMKX3JlYnVpbGRfdGVuc29yX3YyCnEDKChYBwAAAHN0b3JhZ2VxBGN0b3JjaApGbG9hdFN0b3JhZ2UKcQVYAQAAADBx" +
        "BlgDAAAAY3B1cQdLBnRxCFFLAEsCSwOGcQlLA0sBhnEKiWgAKVJxC3RxDFJxDVgPAAAAZmVhdHVyZXMuMC5iaWFzcQ5oAygoaARoBVgBAAAAMXEPaAdLBHRx" +
        "EFFLAUsChXERSwGFcRKJaAApUnETdHEUUnEVWB4AAABmZWF0dXJlcy4xLm51bV9iYXRjaGVzX3RyYWNrZWRxFmgDKChoBGN0b3JjaApMb25nU3RvcmFnZQpx" +
        "F1gBAAAAMnEYaAdLAXRxGVFLACkpiWgAKVJxGnRxG1JxHHV9cR1YCQAAAF9tZXRhZGF0YXEeaAApUnEfWAAAAABxIH1xIVgHAAAAdmVyc2lvbnEiSwFzc3Ni" +
        "LlBLAwQUAAAAAAAAACEAhT3jGQYAAAAGAAAADQAAAHZnZy9ieXRlb3JkZXJsaXR0bGVQSwMEFAAAAAAAAAAhACTlORkYAAAAGAAAAAoAAAB2Z2cvZGF0YS8w" +
        "AACAPwAAAEAAAEBAAACAQAAAoEAAAMBAUEsDBBQAAAAAAAAAIQDaNFhgEAAAABAAAAAKAAAAdmdnL2RhdGEvMQAAAAAAAOBAAAAAQQAAAABQSwMEFAAAAAAA" +
        "AAAhAELEbXoIAAAACAAAAAoAAAB2Z2cvZGF0YS8yCQAAAAAAAABQSwMEFAAAAAAAAAAhANGeZ1UCAAAAAgAAAAsAAAB2Z2cvdmVyc2lvbjMKUEsBAhQDFAAA" +
        "AAAAAAAhAJ1D5NeZAQAAmQEAAAwAAAAAAAAAAAAAAIABAAAAAHZnZy9kYXRhLnBrbFBLAQIUAxQAAAAAAAAAIQCFPeMZBgAAAAYAAAANAAAAAAAAAAAAAACA" +
        "AcMBAAB2Z2cvYnl0ZW9yZGVyUEsBAhQDFAAAAAAAAAAhACTlORkYAAAAGAAAAAoAAAAAAAAAAAAAAIAB9AEAAHZnZy9kYXRhLzBQSwECFAMUAAAAAAAAACEA" +
        "2jRYYBAAAAAQAAAACgAAAAAAAAAAAAAAgAE0AgAAdmdnL2RhdGEvMVBLAQIUAxQAAAAAAAAAIQBCxG16CAAAAAgAAAAKAAAAAAAAAAAAAACAAWwCAAB2Z2cv" +
        "ZGF0YS8yUEsBAhQDFAAAAAAAAAAhANGeZ1UCAAAAAgAAAAsAAAAAAAAAAAAAAIABnAIAAHZnZy92ZXJzaW9uUEsFBgAAAAAGAAYAVgEAAMcCAAAAAA==";

    private const string Old =
        "gAKKCmz8nEb5IGqoUBkugAJN6QMugAJ9cQAoWBAAAABwcm90b2NvbF92ZXJzaW9ucQFN6QNYDQAAAGxpdHRsZV9lbmRpYW5xAohYCgAAAHR5cGVfc2l6ZXNx" +
        "A31xBChYBQAAAHNob3J0cQVLAlgDAAAAaW50cQZLBFgEAAAAbG9uZ3EHSwR1dS6AAmNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxAClScQEoWBEAAABmZWF0" +
        "dXJlcy4wLndlaWdodHECY3RvcmNoLl91dGlscwpfcmVidWlsZF90ZW5zb3JfdjIKcQMoKFgHAAAAc3RvcmFnZXEEY3RvcmNoCkZsb2F0U3RvcmFnZQpxBVgB" +
        "AAAAMHEGWAMAAABjcHVxB0sGTnRxCFFLAEsCSwOGcQlLA0sBhnEKiWgAKVJxC3RxDFJxDVgPAAAAZmVhdHVyZXMuMC5iaWFzcQ5oAygoaARoBVgBAAAAMXEP" +
        "aAdLBE50cRBRSwFLAoVxEUsBhXESiWgAKVJxE3RxFFJxFVgeAAAAZmVhdHVyZXMuMS5udW1fYmF0Y2hlc190cmFja2VkcRZoAygoaARjdG9yY2gKTG9uZ1N0" +
        "b3JhZ2UKcRdYAQAAADJxGGgHSwFOdHEZUUsAKSmJaAApUnEadHEbUnEcdX1xHVgJAAAAX21ldGFkYXRhcR5oAClScR9YAAAAAHEgfXEhWAcAAAB2ZXJzaW9u" +
        "cSJLAXNzc2IugAJdcQAoWAEAAAAwcQFYAQAAADFxAlgBAAAAMnEDZS4GAAAAAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAAADAQAQAAAAAAAAAAAAAAAAA4EAA" +
        "AABBAAAAAAEAAAAAAAAACQAAAAAAAAA=";

    private const string Foreign =
        "gAKKCmz8nEb5IGqoUBkugAJN6QMugAJ9cQBYDQAAAGxpdHRsZV9lbmRpYW5xAYhzLoACfXEAWAEAAABhcQFjcG9zaXgKc3lzdGVtCnECWAQAAAB0cnVlcQOF" +
        "cQRScQVzLg==";

    [Theory]
    [InlineData(Zip)]
    [InlineData(Old)]
    public void Load_StateDict_GivesItsTensors(string file)
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        string path = folder.Write("vgg.pth", Convert.FromBase64String(file));
        Assert.True(TorchFile.Recognises(path));
        var tensors = TorchFile.Load(path, name => !name.EndsWith("tracked", StringComparison.Ordinal));
        Assert.Equal(["features.0.weight", "features.0.bias"], tensors.Keys);
        Assert.Equal([2, 3], tensors["features.0.weight"].shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensors["features.0.weight"].data<float>().ToArray());
        Assert.Equal([7, 8], tensors["features.0.bias"].data<float>().ToArray());
    }

    [Theory]
    [InlineData(Zip)]
    [InlineData(Old)]
    public void Load_WholeNumbersWanted_NamesThem(string file) =>
        Assert.Contains("'features.1.num_batches_tracked' is in a LongStorage", Refused(Convert.FromBase64String(file)));

    [Fact]
    public void Load_PickleThatAsksForOtherCode_NamesIt() => Assert.Contains("posix.system", Refused(Convert.FromBase64String(Foreign)));

    [Theory]
    [InlineData(Zip)]
    [InlineData(Old)]
    public void Load_CutOrDamaged_NamesTheFile(string file)
    {
        byte[] whole = Convert.FromBase64String(file);
        for (int length = 2; length < whole.Length; length += 7)
            Refused(whole[..length]);
        var random = new Random(1);
        using var folder = new TempFolder();
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(2, damaged.Length)] = (byte)random.Next(256);
            string path = folder.Write("damaged.pth", damaged);
            using var scope = NewDisposeScope();
            // Some damage goes unseen, in a name or a number; nothing but this may be thrown.
            if (Record.Exception(() => TorchFile.Load(path)) is { } error)
                Assert.StartsWith(path, Assert.IsType<InvalidDataException>(error).Message);
        }
    }

    private static string Refused(byte[] content)
    {
        using var folder = new TempFolder();
        string path = folder.Write("bad.pth", content);
        string message = Assert.Throws<InvalidDataException>(() => TorchFile.Load(path)).Message;
        Assert.StartsWith(path, message);
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
