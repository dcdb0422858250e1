using HeadCount.Annotations;
using HeadCount.Annotations.ShanghaiTech;
using HeadCount.Tests.Annotations.Mat;
using Xunit;

namespace HeadCount.Tests.Annotations.ShanghaiTech;

public sealed class ShanghaiTechFormatTests : IDisposable
{
    private static readonly MatBytes Mat = new();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_IsByteForByteTheLevel5Layout()
    {
        ShanghaiTechFormat.Write(_folder.Root, [new PictureHeads("images/IMG_7.jpg", [new(0.5, 1), new(-2, 9.25)])]);
        byte[] info = Mat.Struct("", ("location", Mat.Doubles("", 2, 2, 1, -1.5, 1.5, 9.75)),
            ("number", Mat.Doubles("", 1, 1, 2)));
        byte[] expected = Mat.File(Mat.Cell("image_info", info));
        byte[] written = File.ReadAllBytes(_folder["ground-truth/GT_IMG_7.mat"]);
        Assert.Equal(expected[124..], written[124..]);
        Assert.Equal("MATLAB 5.0 MAT-file", System.Text.Encoding.ASCII.GetString(written[..19]));
    }

    [Fact]
    public void Dataset_DroneCrowdAndQnrf_AreTheSameLayouts()
    {
        _folder.Write("train_data/images/img001001.jpg", [1]);
        _folder.Write("train_data/ground_truth/GT_img001001.mat",
            Mat.File(Mat.Cell("image_info", Mat.Struct("", ("location", Mat.Doubles("", 1, 2, 3, 4))))));
        _folder.Write("Train/img_0001.jpg", [1]);
        _folder.Write("Train/img_0001_ann.mat", Mat.File(Mat.Doubles("annPoints", 1, 2, 5, 6)));
        var images = Dataset.Load(_folder.Root).Images;
        Assert.Equal([new HeadPoint(4.5, 5.5), new HeadPoint(2.5, 3.5)], images.SelectMany(image => image.Heads));
    }
}
