using HeadCount.Tests;
using HeadCount.Training.Storage;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace HeadCount.Training.Tests.Storage;

public class SafetensorsTests
{
    [Fact]
    public void Load_OfWhatWasSaved_GivesTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        var tensors = new Dictionary<string, Tensor> { ["a"] = randn(3, 4, 5), ["b.c"] = randn(7), ["empty"] = zeros(0, 3) };
        Safetensors.Save(folder["w.safetensors"], tensors);
        var loaded = Safetensors.Load(folder["w.safetensors"]);
        Assert.Equal(tensors.Keys, loaded.Keys);
        foreach ((string name, Tensor tensor) in tensors)
        {
            Assert.Equal(tensor.shape, loaded[name].shape);
            Assert.Equal(tensor.bytes.ToArray(), loaded[name].bytes.ToArray());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("ABCDEFGHIJKLMNOP")]
    [InlineData("\u0002\0\0\0\0\0\0\0[]")]
    [InlineData("\u0026\0\0\0\0\0\0\0{\"a\":{\"dtype\":\"F32\",\"shape\":[100]}}  ")]
    public void Load_Malformed_SaysSoAndNamesTheFile(string content)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["bad.safetensors"], content);
        var error = Assert.Throws<InvalidDataException>(() => Safetensors.Load(folder["bad.safetensors"]));
        Assert.Contains("bad.safetensors", error.Message, StringComparison.Ordinal);
    }
}
