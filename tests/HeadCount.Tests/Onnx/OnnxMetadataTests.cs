using HeadCount.Onnx;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace HeadCount.Tests.Onnx;

public sealed class OnnxMetadataTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static OnnxGraph Identity()
    {
        var graph = new OnnxGraph("identity");
        graph.Node("Identity", [graph.Input("x", OnnxType.Float, "n")], "y");
        graph.Output("y", OnnxType.Float, "n");
        return graph;
    }

    [Fact]
    public void Read_ReturnsWhatWasSaved()
    {
        Identity().Save(_folder["m.onnx"], new Dictionary<string, string> { ["a"] = "1", ["ü"] = "größer" });

        var entries = OnnxMetadata.Read(_folder["m.onnx"]);

        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["ü"] = "größer" }, entries);
        using var session = new InferenceSession(_folder["m.onnx"]);
        Assert.Equal(entries, session.ModelMetadata.CustomMetadataMap);
    }

    [Fact]
    public void Replace_ChangesNoOtherByte()
    {
        OnnxGraph graph = Identity();
        graph.Save(_folder["m.onnx"], new Dictionary<string, string> { ["old"] = "value" });
        var entries = new Dictionary<string, string> { ["new"] = "other" };

        OnnxMetadata.Replace(_folder["m.onnx"], entries);

        Assert.Equal(graph.ToBytes(entries), File.ReadAllBytes(_folder["m.onnx"]));
        Assert.Equal(["m.onnx"], Directory.GetFiles(_folder.Root).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a model at all")]
    public void Read_OfAnotherFile_SaysSo(string content)
    {
        File.WriteAllText(_folder["m.onnx"], content);
        var error = Assert.Throws<InvalidDataException>(() => OnnxMetadata.Read(_folder["m.onnx"]));
        Assert.Contains("not an ONNX model", error.Message);
    }
}
