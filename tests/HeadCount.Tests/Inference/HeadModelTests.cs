using HeadCount.Inference;
using HeadCount.Onnx;
using Xunit;

namespace HeadCount.Tests.Inference;

public sealed class HeadModelTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string LoadError(string nameOrPath) =>
        Assert.Throws<ModelException>(() => HeadModel.Load(nameOrPath).Dispose()).Message;

    [Fact]
    public void Load_ReadsTheCard()
    {
        DotModel.Save(_folder["dots.onnx"]);
        using HeadModel model = HeadModel.Load(_folder["dots.onnx"]);
        Assert.Equal(DotModel.Card, model.Card);
        Assert.True(model.HasDensity);
    }

    [Fact]
    public void Card_WrittenIntoAFile_ChangesNothingElse()
    {
        DotModel.Save(_folder["dots.onnx"]);
        ModelCard tuned = DotModel.Card with { Threshold = 1 / 3.0, Scores = """{"f1":0.7}""" };

        tuned.Write(_folder["dots.onnx"]);

        Assert.Equal(tuned, ModelCard.Read(_folder["dots.onnx"]));
        DotModel.Card.Write(_folder["dots.onnx"]);
        Assert.Equal(DotModel.Build().ToBytes(DotModel.Card.ToMetadata()), File.ReadAllBytes(_folder["dots.onnx"]));
    }

    [Fact]
    public void UnknownName_IsAnsweredWithWhatToDo() =>
        Assert.Matches("no model 'nosuch': .*(choose one of|give the path of an ONNX file)", LoadError("nosuch"));

    [Fact]
    public void FileThatIsNoOnnx_IsNamed()
    {
        File.WriteAllText(_folder["text.onnx"], "no model");
        Assert.StartsWith($"{_folder["text.onnx"]}: not an ONNX model", LoadError(_folder["text.onnx"]));
        Assert.StartsWith($"{_folder["text.onnx"]}: not an ONNX model",
            Assert.Throws<ModelException>(() => ModelCard.Read(_folder["text.onnx"])).Message);
    }

    [Fact]
    public void ModelWithoutTheContract_IsNamedWithWhatIsMissing()
    {
        DotModel.Build().Save(_folder["bare.onnx"]);
        Assert.Contains("no metadata entry 'headcount.name'", LoadError(_folder["bare.onnx"]));

        var other = new OnnxGraph("other");
        other.Node("Identity", [other.Input("image", OnnxType.Float, "n")], "y");
        other.Output("y", OnnxType.Float, "n");
        other.Save(_folder["other.onnx"], DotModel.Card.ToMetadata());
        Assert.Contains("no input 'image' of type UInt8", LoadError(_folder["other.onnx"]));

        var senseless = new Dictionary<string, string>(DotModel.Card.ToMetadata()) { ["headcount.stride"] = "3" };
        DotModel.Build().Save(_folder["stride.onnx"], senseless);
        Assert.Contains("'headcount.stride' has the senseless value '3'", LoadError(_folder["stride.onnx"]));
    }

    [Fact]
    public void MapsThatDoNotFitTheStride_AreNoticed()
    {
        DotModel.Build().Save(_folder["wrong.onnx"], (DotModel.Card with { Stride = 1 }).ToMetadata());
        using HeadModel model = HeadModel.Load(_folder["wrong.onnx"]);
        var error = Assert.Throws<ModelException>(() => model.Run(new byte[3 * 64 * 64], 1, 64, 64));
        Assert.Contains("stride of 1", error.Message);
    }
}
