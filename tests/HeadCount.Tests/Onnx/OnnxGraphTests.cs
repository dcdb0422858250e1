using HeadCount.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;

namespace HeadCount.Tests.Onnx;

public class OnnxGraphTests
{
    [Fact]
    public void Graph_OfEveryKindOfPart_RunsInOnnxRuntime()
    {
        // y = maxpool3(relu(x * 2 - 1)) with symbolic sizes; exercises int, ints, string and float attributes.
        var graph = new OnnxGraph("test");
        string x = graph.Input("x", OnnxType.UInt8, "n", 1, "h", "w");
        string f = graph.Node("Cast", [x], ("to", (int)OnnxType.Float));
        string scaled = graph.Node("Mul", [f, graph.Constant("two", [2f])]);
        string shifted = graph.Node("Sub", [scaled, graph.Constant("one", [1f], 1, 1, 1, 1)]);
        string relu = graph.Node("LeakyRelu", [shifted], ("alpha", 0f));
        graph.Node("MaxPool", [relu], "y", ("kernel_shape", new long[] { 3, 3 }), ("auto_pad", "SAME_UPPER"));
        graph.Output("y", OnnxType.Float, "n", 1, "h", "w");

        using var session = new InferenceSession(graph.ToBytes());
        var input = new DenseTensor<byte>(new byte[] { 0, 1, 2, 3, 0, 0 }, [1, 1, 1, 6]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", input)]);

        Assert.Equal([1f, 3, 5, 5, 5, 0], results.Single().AsEnumerable<float>());
        Assert.Equal(["n", "", "h", "w"], session.InputMetadata["x"].SymbolicDimensions);
    }

    [Theory]
    [InlineData(16, 32)]
    [InlineData(17, 40)]
    [InlineData(31, 47)]
    public void ReflectPad_ToAMultiple_MirrorsBottomAndRight(int height, int width)
    {
        var graph = new OnnxGraph("pad");
        string x = graph.Input("x", OnnxType.Float, "n", 1, "h", "w");
        string size = graph.Node("Shape", [x], ("start", 2));
        string sixteen = graph.Constant("sixteen", [16L]);
        string over = graph.Node("Mod", [size, sixteen]);
        string pad = graph.Node("Mod", [graph.Node("Sub", [sixteen, over]), sixteen]);
        string pads = graph.Node("Concat", [graph.Constant("zero", [0L, 0L], 2), pad], ("axis", 0));
        string axes = graph.Constant("axes", [2L, 3L], 2);
        graph.Node("Pad", [x, pads, "", axes], "y", ("mode", "reflect"));
        graph.Output("y", OnnxType.Float, "n", 1, "ph", "pw");

        float[] pixels = [.. Enumerable.Range(0, height * width).Select(i => (float)i)];
        using var session = new InferenceSession(graph.ToBytes());
        var input = new DenseTensor<float>(pixels, [1, 1, height, width]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", input)]);
        Tensor<float> y = results.Single().AsTensor<float>();

        Assert.Equal([(height + 15) / 16 * 16, (width + 15) / 16 * 16], y.Dimensions[2..].ToArray());
        for (int row = 0; row < y.Dimensions[2]; row++)
        {
            for (int column = 0; column < y.Dimensions[3]; column++)
            {
                int fromRow = row < height ? row : 2 * (height - 1) - row;
                int fromColumn = column < width ? column : 2 * (width - 1) - column;
                Assert.Equal(pixels[fromRow * width + fromColumn], y[0, 0, row, column]);
            }
        }
    }

    [Fact]
    public void Constant_OfEachType_KeepsItsValues()
    {
        Assert.Equal([-1L, 1L << 40], Run<long>(g => g.Constant("c", [-1L, 1L << 40], 2), OnnxType.Int64));
        Assert.Equal([-7, 7], Run<int>(g => g.Constant("c", [-7, 7], 2), OnnxType.Int32));
        Assert.Equal([(byte)250], Run<byte>(g => g.Constant("c", [(byte)250], 1), OnnxType.UInt8));
        Assert.Equal([(sbyte)-3], Run<sbyte>(g => g.Constant("c", [(sbyte)-3], 1), OnnxType.Int8));
        Assert.Equal([.25f, -1e-20f], Run<float>(g => g.Constant("c", [.25f, -1e-20f], 2), OnnxType.Float));

        static T[] Run<T>(Func<OnnxGraph, string> constant, OnnxType type)
        {
            var graph = new OnnxGraph("constant");
            graph.Node("Identity", [constant(graph)], "y");
            graph.Output("y", type, "n");
            using var session = new InferenceSession(graph.ToBytes());
            using var results = session.Run(Array.Empty<NamedOnnxValue>());
            return [.. results.Single().AsEnumerable<T>()];
        }
    }

    [Fact]
    public void Mistakes_AreNamedAtOnce()
    {
        var graph = new OnnxGraph("wrong");
        graph.Constant("a", [1f]);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => graph.Constant("a", [1f])).Message);
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => graph.Node("Relu", ["b"])).Message);
        Assert.Contains("3 values", Assert.Throws<ArgumentException>(() => graph.Constant("c", [1f, 2, 3], 2)).Message);
        Assert.Throws<NotSupportedException>(() => graph.Constant("d", [1.0]));
    }
}
