using HeadCount.Annotations;
using HeadCount.Annotations.Coco;
using Xunit;

namespace HeadCount.Tests.Annotations.Coco;

public sealed class CocoFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private PictureHeads[] Read(string json) => [.. CocoFormat.Read(_folder.Write("c.json", json))];

    private const string Images = """
        "images":[{"id":7,"file_name":"a.jpg","width":100,"height":50},{"id":3,"file_name":"sub/b c.png"}]
        """;

    [Fact]
    public void Boxes_OfHeads_AreTakenBeforePersons_AnnotationsMayStandFirst()
    {
        PictureHeads[] pictures = Read($$"""
            {"info":{"year":2020},"annotations":[
              {"id":1,"image_id":3,"category_id":2,"bbox":[10,20,4,6],"area":24,"iscrowd":0},
              {"id":2,"image_id":3,"category_id":1,"bbox":[10,20,10,60]},
              {"id":3,"image_id":7,"category_id":2,"bbox":[0,0,30,20],"iscrowd":1},
              {"id":4,"image_id":3,"category_id":2,"bbox":[1,2,2,2],"score":0.25},
              {"id":5,"image_id":3,"category_id":9,"bbox":[1,2,2,2]}],
             "categories":[{"id":1,"name":"person"},{"id":2,"name":"Head"},{"id":9,"name":"car"}],{{Images}}}
            """);
        Assert.Equal(["a.jpg", "sub/b c.png"], pictures.Select(picture => picture.Name));
        Assert.Empty(pictures[0].Heads);
        Assert.Equal([new IgnoredRegion(0, 0, 30, 20)], pictures[0].Ignored);
        Assert.Equal(new PictureSize(100, 50), pictures[0].Size);
        Assert.Equal([new HeadPoint(12, 23), new HeadPoint(2, 3, 0.25)], pictures[1].Heads);
        Assert.Null(pictures[1].Size);
    }

    [Fact]
    public void Persons_KeypointsOfTheFaceThenTheBox()
    {
        PictureHeads[] pictures = Read($$"""
            { {{Images}},"categories":[{"id":1,"name":"person",
                "keypoints":["nose","left_eye","right_eye","left_ear","right_ear","left_shoulder"]}],"annotations":[
              {"id":1,"image_id":7,"category_id":1,"bbox":[0,0,30,60],
               "keypoints":[10,20,2, 12,18,1, 0,0,0, 0,0,0, 0,0,0, 30,40,2]},
              {"id":2,"image_id":7,"category_id":1,"bbox":[0,0,30,60],
               "keypoints":[0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 30,40,2]}]}
            """);
        Assert.Equal([new HeadPoint(11.5, 19.5), new HeadPoint(15, 4)], pictures[0].Heads);
    }

    [Fact]
    public void HeadKeypoint_IsTaken_WhateverTheCategory() => Assert.Equal([new HeadPoint(3.5, 4.5)], Read($$"""
        { {{Images}},"categories":[{"id":1,"name":"crowd","keypoints":["head"]}],
          "annotations":[{"image_id":"7","category_id":1,"keypoints":[3,4,2]}]}
        """)[0].Heads);

    [Fact]
    public void WithoutCategories_EveryBoxIsAHead() => Assert.Equal([new HeadPoint(5, 10)], Read(
        $$"""{ {{Images}},"annotations":[{"image_id":7,"bbox":[0,0,10,20]}]}""")[0].Heads);

    [Fact]
    public void Categories_WithoutAnnotations_SayNothing() => Assert.Equal([new HeadPoint(5, 2)], Read($$"""
        { {{Images}},"categories":[{"id":0,"name":"head","supercategory":"none"},{"id":1,"name":"person","supercategory":"head"}],
          "annotations":[{"image_id":7,"category_id":1,"bbox":[0,0,10,30]}]}
        """)[0].Heads);

    // PoseTrack: nose, head_bottom, head_top; keypoints count pixels from 0.
    [Theory]
    [InlineData("[9,9,1, 10,30,1, 20,10,1]", 15.5, 20.5)]
    [InlineData("[9,9,1, 10,30,1, 0,0,0]", 9.5, 9.5)]
    [InlineData("[0,0,0, 10,30,1, 0,0,0]", 50, 4)]
    public void Keypoints_TopAndBottomOfTheHead_GiveItsMiddle(string keypoints, double x, double y) =>
        Assert.Equal([new HeadPoint(x, y)], Read($$"""
            { {{Images}},"categories":[{"id":1,"name":"person","keypoints":["nose","head_bottom","head_top"]}],
              "annotations":[{"image_id":7,"category_id":1,"bbox":[0,0,100,60],"keypoints":{{keypoints}}}]}
            """)[0].Heads);

    [Fact]
    public void Results_AreReadByTheirPictureNumbers()
    {
        var reading = new AnnotationReading();
        PictureHeads[] pictures = [.. PointFile.Read(_folder.Write("r.json", """
            [{"image_id":42,"category_id":1,"bbox":[10,20,4,6],"score":0.25},{"image_id":"a.jpg","category_id":1,"bbox":[0,0,2,2],"score":1}]
            """), reading)];
        Assert.Equal(["42", "a.jpg"], pictures.Select(picture => picture.Name));
        Assert.Equal([new HeadPoint(12, 23, 0.25)], pictures[0].Heads);
        Assert.Contains("category 1 2", Assert.Single(reading.Notes).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Segmentation_StandsInForABoxThatIsMissing() => Assert.Equal([new HeadPoint(5, 10)], Read($$"""
        { {{Images}},"annotations":[{"image_id":7,"segmentation":[[0,0,10,0,10,20],[2,2,3,3,4,4]]}]}
        """)[0].Heads);

    [Fact]
    public void Dataset_TablesBesideTheirPictures_AsRoboflowHasThem()
    {
        foreach (string part in (string[])["train", "valid"])
        {
            _folder.Write($"{part}/a.jpg", [1]);
            _folder.Write($"{part}/_annotations.coco.json", $$"""
                {"images":[{"id":0,"file_name":"a.jpg"}],"annotations":[{"image_id":0,"bbox":[0,0,{{part.Length}},2]}]}
                """);
        }
        var images = Dataset.Load(_folder.Root).Images;
        Assert.Equal(["train/a.jpg", "valid/a.jpg"], images.Select(image => image.Name));
    }

    [Theory]
    [InlineData("""{"image_id":8,"bbox":[0,0,1,1]}""", "annotations[1]: image_id 8 is not among the images")]
    [InlineData("""{"bbox":[0,0,1,1]}""", "annotations[1]: has no 'image_id'")]
    [InlineData("""{"image_id":7,"bbox":[0,0,1]}""", "annotations[1].bbox: 3 numbers")]
    [InlineData("""{"image_id":7,"bbox":[0,0,1,null]}""", "annotations[1].bbox[3]: null is no number")]
    [InlineData("""{"image_id":7,"bbox":[0,0,1e999,1]}""", "annotations[1].bbox[2]: 1e999 is no number")]
    [InlineData("""{"image_id":7,"bbox":[0,0,-1,1]}""", "annotations[1].bbox: a box of -1×1")]
    [InlineData("""{"image_id":7,"bbox":[1e200,0,1,1]}""", "annotations[1].bbox: (1E+200, 0) is no position")]
    [InlineData("[]", "annotations[1]: expected an object")]
    public void Malformed_NamesTheField(string annotation, string reason)
    {
        string message = Assert.Throws<AnnotationException>(() => Read(
            $$"""{ {{Images}},"annotations":[{"image_id":7,"bbox":[0,0,10,20]},{{annotation}}]}""")).Message;
        Assert.StartsWith($"{_folder["c.json"]}, {reason}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoPersonAmongTheCategories_SaysWhatThereIs() => Assert.Contains("found: car, dog", Assert.Throws<
        AnnotationException>(() => Read($$"""
            { {{Images}},"annotations":[{"image_id":7,"category_id":2,"bbox":[0,0,1,1]},{"image_id":7,"category_id":1,"bbox":[0,0,1,1]}],
              "categories":[{"id":1,"name":"car"},{"id":2,"name":"dog"},{"id":3,"name":"person"}]}
            """)).Message, StringComparison.Ordinal);

    [Fact]
    public void ValuesAcrossBuffers_AreRead()
    {
        // Longer than the buffer of 64 KiB, so that every kind of value is cut somewhere.
        var annotations = Enumerable.Range(0, 3000).Select(i =>
            $$"""{"image_id":{{(i % 2 == 0 ? 7 : 3)}},"segmentation":[[{{i}},2.5,3]],"bbox":[{{i}}.5,{{i}},2,2],"note":"é\n"}""");
        PictureHeads[] pictures = Read($$"""
            {"big":"{{new string('x', 200_000)}}",{{Images}},"annotations":[{{string.Join(",\n ", annotations)}}]}
            """);
        Assert.Equal(Enumerable.Range(0, 1500).Select(i => new HeadPoint(2 * i + 1.5, 2 * i + 1)), pictures[0].Heads);
        Assert.Equal(Enumerable.Range(0, 1500).Select(i => new HeadPoint(2 * i + 2.5, 2 * i + 2)), pictures[1].Heads);
        Assert.Equal(new HeadPoint(2999.5, 2999), pictures[0].Heads[1499]);
    }

    [Fact]
    public void Dataset_FindsPicturesByNameInOtherFolders()
    {
        _folder.Write("annotations/instances_train.json", $$"""{ {{Images}},"annotations":[{"image_id":7,"bbox":[0,0,10,20]}]}""");
        _folder.Write("train/a.jpg", [1]);
        _folder.Write("train/b c.png", [1]);
        var images = Dataset.Load(_folder.Root).Images;
        Assert.Equal(["train/a.jpg", "train/b c.png"], images.Select(image => image.Name));
        Assert.Equal([1, 0], images.Select(image => image.Heads.Count));
    }

    [Fact]
    public void Dataset_NameThatIsThereTwice_IsRefused()
    {
        _folder.Write("c.json", $$"""{ {{Images}},"annotations":[]}""");
        _folder.Write("x/a.jpg", [1]);
        _folder.Write("y/a.jpg", [1]);
        Assert.Contains("'a.jpg' may be",
            Assert.Throws<AnnotationException>(() => Dataset.Load(_folder.Root)).Message, StringComparison.Ordinal);
    }
}
