using HeadCount.Annotations;
using Xunit;

namespace HeadCount.Tests.Annotations.VisDrone;

public sealed class VisDroneFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Det_PersonsAndIgnoredRegions()
    {
        _folder.Write("images/9_1.jpg", [1]);
        // A pedestrian, people, a car, an ignored region, a pedestrian that is not to be scored; rows may end in a comma.
        _folder.Write("annotations/9_1.txt", "10,20,30,60,1,1,0,0\r\n0,0,15,15,1,2,0,0,\n5,5,5,5,1,4,0,0\n" +
            "100,100,50,40,0,0,0,0\n200,0,10,10,0,1,0,0\n");
        AnnotatedImage image = Assert.Single(Dataset.Load(_folder.Root).Images);
        Assert.Equal([new HeadPoint(25, 24), new HeadPoint(7.5, 1)], image.Heads);
        Assert.Equal([new IgnoredRegion(100, 100, 50, 40), new IgnoredRegion(200, 0, 10, 10)], image.Ignored);
    }

    [Fact]
    public void Vid_FramesOfASequence()
    {
        foreach (string frame in (string[])["0000001", "0000002", "0000003"])
            _folder.Write($"sequences/uav1/{frame}.jpg", [1]);
        _folder.Write("annotations/uav1.txt", "1,5,10,20,30,60,1,1,0,0\n3,5,11,20,30,60,1,1,0,0\n3,6,0,0,9,9,0,0,0,0\n");
        var images = Dataset.Load(_folder.Root).Images;
        Assert.Equal([1, 0, 1], images.Select(image => image.Heads.Count));
        Assert.Equal([new HeadPoint(26, 24)], images[2].Heads);
        Assert.Single(images[2].Ignored);
    }
}
