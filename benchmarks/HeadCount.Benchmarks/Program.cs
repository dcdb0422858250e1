using HeadCount.Benchmarks;

return args switch
{
    ["networks", .. var models] => Networks.Run(models),
    ["count", var dataset, var list, .. var models] => Counting.Run(dataset, list, models),
    ["studio", var dataset, var list, var studio, var headcount] => Serving.Run(dataset, list, studio, headcount),
    ["enlarged", var dataset, var list, var model] => Enlarged.Whole(dataset, list, model),
    ["near", var dataset, var list, var model] => Enlarged.Near(dataset, list, model),
    ["formats"] => Formats.Run("../shared/data"),
    ["formats", var folder] => Formats.Run(folder),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        HeadCount.Benchmarks networks [MODEL…]             time a 512×512 tile takes, against a CSRNet of VGG16
        HeadCount.Benchmarks count DATASET LIST [MODEL…]   at every quality: pictures a second from files to heads, and memory
        HeadCount.Benchmarks studio DATASET LIST STUDIO COMMAND   HeadCount.Studio.dll against HeadCount.Cli.dll, and a kill in a batch
        HeadCount.Benchmarks enlarged DATASET LIST MODEL   scores of the same photographs at 1 to 6 times their size
        HeadCount.Benchmarks near DATASET LIST MODEL       scores of the surroundings of lonely heads at 2 to 6 times their size
        HeadCount.Benchmarks formats [FOLDER]              published annotation files: heads as known, files a second
        """);
    return 2;
}
