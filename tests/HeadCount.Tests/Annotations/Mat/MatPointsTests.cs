using HeadCount.Annotations;
using HeadCount.Annotations.BeijingBrt;
using HeadCount.Annotations.ShanghaiTech;
using HeadCount.Annotations.UcfCc50;
using Xunit;

namespace HeadCount.Tests.Annotations.Mat;

/// <summary>The three published layouts' annotation files.</summary>
public sealed class MatPointsTests : IDisposable
{
    private static readonly MatBytes Mat = new();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Save(params byte[][] variables) => _folder.Write("a.mat", Mat.File(variables));

    [Fact]
    public void ShanghaiTech_Location_IsReadWithMatlabsOriginMovedByHalfAPixel()
    {
        byte[] info = Mat.Struct("", ("location", Mat.Doubles("", 2, 2, 1, 10.5, 2, 20)),
            ("number", Mat.Bytes("", 1, 1, 2)));
        var heads = ShanghaiTechFormat.Read(Save(Mat.Compressed(Mat.Cell("image_info", info))));
        Assert.Equal([new HeadPoint(0.5, 1.5), new HeadPoint(10, 19.5)], heads);
    }

    [Fact]
    public void ShanghaiTech_WithoutLocation_NamesWhatIsThere()
    {
        string path = Save(Mat.Cell("image_info", Mat.Struct("", ("number", Mat.Bytes("", 1, 1, 2)))));
        string message = Assert.Throws<AnnotationException>(() => ShanghaiTechFormat.Read(path)).Message;
        Assert.Equal($"{path}: holds no 'image_info{{1,1}}.location' (found: number)", message);
    }

    [Fact]
    public void Ucf_AnnPoints_AreRead() => Assert.Equal([new HeadPoint(-3.5, 8.5)],
        UcfCc50Format.Read(Save(Mat.Doubles("annPoints", 1, 2, -3, 9))));

    [Fact]
    public void Brt_Loc_IsRead() => Assert.Equal([new HeadPoint(99.5, 200)],
        BeijingBrtFormat.Read(Save(Mat.Doubles("loc", 1, 2, 100, 200.5))));

    [Theory]
    [InlineData("image_info", "shanghaitech")]
    [InlineData("annPoints", "ucf")]
    [InlineData("loc", "brt")]
    public void TheFormat_IsToldByTheVariable(string variable, string id) =>
        Assert.Equal(id, AnnotationFormat.Of(Save(Mat.Doubles(variable, 1, 2, 3, 9))).Id);

    [Fact]
    public void TheFormat_OfADamagedFile_SaysWhatIsWrong() => Assert.Contains("cut off",
        Assert.Throws<AnnotationException>(() => AnnotationFormat.Of(_folder.Write("b.mat",
            Mat.File(Mat.Doubles("loc", 1, 2, 3, 9))[..150]))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 2)]
    [InlineData(2, 0)]
    public void Read_ArrayWithoutNumbers_HoldsNobody(int rows, int columns) =>
        Assert.Empty(BeijingBrtFormat.Read(Save(Mat.Doubles("loc", rows, columns))));

    [Fact]
    public void Read_TransposedTable_IsTurned() =>
        Assert.Equal([new HeadPoint(0.5, 1.5), new HeadPoint(2.5, 3.5), new HeadPoint(4.5, 5.5)],
            BeijingBrtFormat.Read(Save(Mat.Bytes("loc", 2, 3, 1, 2, 3, 4, 5, 6))));

    [Fact]
    public void Read_OtherShape_IsRefused()
    {
        string path = Save(Mat.Doubles("loc", 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        Assert.Contains("loc is 3×3",
            Assert.Throws<AnnotationException>(() => BeijingBrtFormat.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NotANumber_NamesThePoint()
    {
        string path = Save(Mat.Doubles("loc", 2, 2, 1, double.NaN, 1, 1));
        Assert.Contains("point 2 of loc",
            Assert.Throws<AnnotationException>(() => BeijingBrtFormat.Read(path)).Message, StringComparison.Ordinal);
    }
}
