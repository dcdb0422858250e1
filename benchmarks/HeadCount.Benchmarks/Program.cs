using HeadCount.Benchmarks;

return args switch
{
    ["networks", .. var models] => Networks.Run(models),
    ["count", var dataset, var list, .. var models] => Counting.Run(dataset, list, models),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        HeadCount.Benchmarks networks [MODEL…]             time a 512×512 tile takes, against a CSRNet of VGG16
        HeadCount.Benchmarks count DATASET LIST [MODEL…]   pictures a second from files to heads, and memory
        """);
    return 2;
}
