using HeadCount.Annotations;
using HeadCount.Tests.Annotations.Mat;
using HeadCount.Tests.Annotations.Parquet;

namespace HeadCount.Tests.Annotations;

/// <summary>
/// Small valid files of every format that is read, to be damaged; several of one format differ behind a blank.
/// </summary>
internal static class Samples
{
    private static readonly MatBytes Mat = new();

    internal static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>
    {
        ["shanghaitech"] = Mat.File(Mat.Compressed(Mat.Cell("image_info",
            Mat.Struct("", ("location", Mat.Doubles("", 2, 2, 1, 2, 3, 4)), ("number", Mat.Bytes("", 1, 1, 2)))))),
        ["shanghaitech v7.3"] = MatV73.File("points"),
        ["ucf v7.3"] = MatV73.File("values"),
        ["brt v7.3"] = MatV73.File("members"),
        ["ucf"] = Mat.File(Mat.Doubles("annPoints", 2, 2, 1, 2, 3, 4)),
        ["brt"] = Mat.File(Mat.Shorts("loc", 2, 2, 1, 2, 3, 4)),
        ["nwpu"] = Text("""{"img_id":"1.jpg","human_num":1,"points":[[1.5,2]],"boxes":[[0,0,3,4]]}"""),
        ["jhu"] = Text("1 2 3 4 1 0\n5 6 7 8 2 1\n"),
        ["yolo"] = Text("0 0.5 0.25 0.1 0.1\n0 0.1 0.9 0.1 0.1 0.5\n"),
        ["labelme"] = Text("""
            {"version":"5.5.0","flags":{},"shapes":[{"label":"head","points":[[1,2]],"shape_type":"point"},
            {"label":"ignore","points":[[1,2],[3,4]],"shape_type":"rectangle"}],"imagePath":"a.jpg","imageData":"QUJD",
            "imageHeight":10,"imageWidth":20}
            """),
        ["via"] = Text("""
            {"_via_settings":{},"_via_img_metadata":{"a":{"filename":"a.jpg","size":1,"regions":[
            {"shape_attributes":{"name":"rect","x":1,"y":2,"width":3,"height":4},"region_attributes":{"k":"head"}}]}}}
            """),
        ["voc"] = Text("""
            <annotation><folder>a</folder><filename>a.jpg</filename><size><width>20</width><height>10</height></size>
            <object><name>head</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>
            """),
        ["json"] = Text("""
            [{"image":"a.jpg","width":20,"height":10,"count":1,"heads":[{"x":1.5,"y":2,"score":0.5}]}]
            """),
        ["geojson"] = Text("""
            {"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1.5,2]},
            "properties":{"image":"a.jpg","score":0.5}}]}
            """),
        ["mot"] = Text("1,1,1,1,10,30,1,1,1\n2,1,5,6,7,8,0,12,0.5\n"),
        ["visdrone"] = Text("10,20,30,60,1,1,0,0\n0,0,15,15,0,0,0,0\n"),
        ["vscrowd"] = Text("1 7 0 0 4 4 2 2 8 1 1 5 5 3 3\n2 7 0 0 4 4 2 2\n"),
        ["csv"] = Text("image,x,y,score\na.jpg,1,2,0.5\n\"b, c.jpg\",,,\n"),
        ["coco"] = Text("""
            {"images":[{"id":1,"file_name":"a.jpg","width":20,"height":10}],"categories":[{"id":1,"name":"person",
            "keypoints":["head"]}],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,2,3,4],"iscrowd":0,
            "keypoints":[1,2,2]},{"id":2,"image_id":1,"category_id":1,"bbox":[1,2,3,4],"score":0.5}]}
            """),
        ["cvat"] = Text("""
            <?xml version="1.0" encoding="utf-8"?><annotations><image id="0" name="a.jpg" width="20" height="10">
            <points label="head" points="1,2;3,4"/><box label="head" xtl="1" ytl="2" xbr="3" ybr="4"/></image>
            </annotations>
            """),
        ["labelstudio"] = Text("""
            [{"data":{"image":"/data/upload/1/0a1b2c3d-a.jpg"},"annotations":[{"result":[{"type":"keypointlabels",
            "original_width":20,"original_height":10,"image_rotation":0,"value":{"x":50,"y":20.5,"width":1,
            "keypointlabels":["head"]}}]}]}]
            """),
        ["crowdhuman"] = Text("""
            {"ID":"a","gtboxes":[{"tag":"person","hbox":[1,2,3,4],"head_attr":{"ignore":0},"extra":{"occ":1}}]}
            """),
        ["parquet"] = Parquet(),
        ["parquet plain"] = ParquetBytes.File([("a.jpg", 1, 2), ("b.jpg", 3, 4)], [("a.jpg", 5, 6)]),
        ["p2pnet"] = Text("a.jpg labels.txt\n"),
        ["nwpu-points"] = Text("1 1 2 3\n2 0\n"),
    };

    private static byte[] Parquet()
    {
        using var folder = new TempFolder();
        AnnotationFormat.Find("parquet")!.Write!(folder["a"],
            [new PictureHeads("a.jpg", [new HeadPoint(1, 2, 0.5), new HeadPoint(3, 4)]), new PictureHeads("b.jpg", [])]);
        return File.ReadAllBytes(folder["a"]);
    }

    private static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>The format's id of a sample.</summary>
    internal static string Id(string sample) => sample.Split(' ')[0];

    /// <summary>Reads a sample, wholly.</summary>
    internal static List<PictureHeads> Read(string sample, string path, string image) =>
        [.. AnnotationFormat.Find(Id(sample))!.Read!(path, sample == "yolo" ? image : null)];
}
