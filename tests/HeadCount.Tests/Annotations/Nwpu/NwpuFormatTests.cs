using HeadCount.Annotations;
using HeadCount.Annotations.Nwpu;
using HeadCount.Tests.Annotations.Mat;
using Xunit;

namespace HeadCount.Tests.Annotations.Nwpu;

public sealed class NwpuFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Boxes_GiveCentresAndRadii()
    {
        PictureHeads picture = NwpuFormat.Read(_folder.Write("0001.json",
            """{"img_id": "0001.jpg", "human_num": 2, "points": [[15, 26], [1.5, 2]], "boxes": [[10, 20, 20, 33], [0, 0, 3, 4]]}"""));
        Assert.Equal([new HeadPoint(15, 26.5), new HeadPoint(1.5, 2)], picture.Heads);
        Assert.Equal([new HeadSigma(5, 8), new HeadSigma(1, 2)], picture.Sigmas!);
    }

    [Theory]
    [InlineData("""{"img_id":"1.jpg","human_num":1,"points":[[15,26]],"boxes":[]}""", 1)]
    [InlineData("""{"img_id":"1.jpg","human_num":0,"points":[],"boxes":[]}""", 0)]
    [InlineData("""{"points":[[15,26]]}""", 1)]
    public void Read_PointsAlone_AreTheHeads(string json, int count)
    {
        PictureHeads picture = NwpuFormat.Read(_folder.Write("1.json", json));
        Assert.Equal(Enumerable.Repeat(new HeadPoint(15, 26), count), picture.Heads);
    }

    [Fact]
    public void Dataset_FindsJsonsAndMats()
    {
        var mat = new MatBytes();
        _folder.Write("images_part1/0001.jpg", [1]);
        _folder.Write("jsons/0001.json", """{"img_id":"0001.jpg","points":[[15,26]]}""");
        _folder.Write("images_part2/1001.JPG", [1]);
        _folder.Write("mats/1001.mat", mat.File(mat.Doubles("annPoints", 1, 2, 3, 4)));
        var dataset = Dataset.Load(_folder.Root);
        Assert.Equal(["NWPU-Crowd"], dataset.Formats);
        Assert.Equal([new HeadPoint(15, 26), new HeadPoint(2.5, 3.5)], dataset.Images.SelectMany(image => image.Heads));
    }
}
