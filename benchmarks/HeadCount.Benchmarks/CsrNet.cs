using HeadCount.Onnx;

namespace HeadCount.Benchmarks;

/// <summary>
/// The yardstick: CSRNet (Li et al., CVPR 2018), VGG16 up to conv4_3 and a dilated back end, 216 GFLOP for 512×512.
/// Random weights: only its time matters here.
/// </summary>
internal static class CsrNet
{
    internal static byte[] Build()
    {
        var graph = new OnnxGraph("csrnet");
        var random = new Random(1);
        string x = graph.Input("image", OnnxType.Float, 1, 3, 512, 512);
        int channels = 3, layer = 0;
        foreach (int width in (int[])[64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512])
            x = width == 0 ? Pool() : Conv(width, 3, 1);
        foreach (int width in (int[])[512, 512, 512, 256, 128, 64])
            x = Conv(width, 3, 2);
        x = Conv(1, 1, 1);
        graph.Output(x, OnnxType.Float, 1, 1, 64, 64);
        return graph.ToBytes();

        string Pool() => graph.Node("MaxPool", [x], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));

        string Conv(int width, int kernel, long dilation)
        {
            var weights = new float[width * channels * kernel * kernel];
            double scale = Math.Sqrt(2.0 / (channels * kernel * kernel));
            for (int i = 0; i < weights.Length; i++)
                weights[i] = (float)((random.NextDouble() - 0.5) * 3.4 * scale);
            long padding = kernel / 2 * dilation;
            string value = graph.Node("Conv",
            [
                x,
                graph.Constant<float>($"w{layer}", weights, width, channels, kernel, kernel),
                graph.Constant<float>($"b{layer}", new float[width], width),
            ],
                ("pads", new[] { padding, padding, padding, padding }), ("dilations", new[] { dilation, dilation }));
            channels = width;
            layer++;
            return graph.Node("Relu", [value]);
        }
    }
}
