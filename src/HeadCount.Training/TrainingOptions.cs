using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeadCount.Training.Data;
using HeadCount.Training.Losses;
using HeadCount.Training.Networks;

namespace HeadCount.Training;

/// <summary>What convolutions compute in.</summary>
public enum Precision
{
    /// <summary>32-bit floats.</summary>
    Fp32,

    /// <summary>16-bit brain floats: about twice as fast where the processor has them, many times slower where it has not.</summary>
    Bf16,
}

/// <summary>What the recipe <see cref="TrainingOptions.CsrNetVgg16"/> depends on besides.</summary>
public sealed record CsrNetOptions
{
    /// <summary>Weights of a VGG16 (safetensors, or a PyTorch state dict) for the front end; random ones when null.</summary>
    public string? FrontWeights { get; init; }

    /// <summary>Whether the front end keeps its weights. The default is false.</summary>
    public bool FreezeFront { get; init; }

    /// <summary>How far a head's mass is spread.</summary>
    public DensityKernel Kernel { get; init; } = new();
}

/// <summary>Everything a training run depends on; stored in the run folder as <c>config.json</c>.</summary>
public sealed record TrainingOptions
{
    /// <summary>The recipe that finds heads by score and offset.</summary>
    public const string Points = "points";

    /// <summary>The recipe that regresses a density map with CSRNet.</summary>
    public const string CsrNetVgg16 = "csrnet-vgg16";

    /// <summary>The names of all recipes.</summary>
    public static IReadOnlyList<string> Recipes { get; } = [Points, CsrNetVgg16];

    /// <summary>The highest learning rate of a recipe that no other is chosen for: without batch normalisation a smaller one.</summary>
    public static double DefaultLearningRate(string recipe) => recipe == CsrNetVgg16 ? 1e-4 : 1.4e-3;

    /// <summary>What is trained, on what targets. The default is points.</summary>
    public string Recipe { get; init; } = Points;

    /// <summary>Folder that the lists' paths are relative to.</summary>
    public required string Dataset { get; init; }

    /// <summary>Lists to train on.</summary>
    public required IReadOnlyList<WeightedList> Train { get; init; }

    /// <summary>Lists to validate on. Lists without any head measure false alarms alone.</summary>
    public required IReadOnlyList<string> Validation { get; init; }

    /// <summary>Network size by name. The default is small.</summary>
    public string Size { get; init; } = "small";

    /// <summary>How the score map is taught. The default is P2R.</summary>
    public ScoreLossKind Loss { get; init; } = ScoreLossKind.P2R;

    /// <summary>Weight of the density branch. The default is 0.1.</summary>
    public double DensityWeight { get; init; } = 0.1;

    /// <summary>
    /// Steps of the whole run; the learning rate falls to its end there. With 0 the weights that it starts from are validated, and
    /// can be exported, as they are. The default is 20,000.
    /// </summary>
    public int Steps { get; init; } = 20_000;

    /// <summary>Crops a step. The default is 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Side of a crop in pixels, a multiple of 32. The default is 256.</summary>
    public int CropSize { get; init; } = 256;

    /// <summary>Highest learning rate of AdamW. The default is 0.0014.</summary>
    public double LearningRate { get; init; } = DefaultLearningRate(Points);

    /// <summary>Decoupled weight decay of the convolutions. The default is 0.01.</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Steps over which the learning rate rises. The default is 300.</summary>
    public int WarmUp { get; init; } = 300;

    /// <summary>Share that the averaged weights keep at each step. The default is 0.999.</summary>
    public double Average { get; init; } = 0.999;

    /// <summary>Largest norm of the gradient. The default is 5.</summary>
    public double GradientClip { get; init; } = 5;

    /// <summary>How crops are varied.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Seed of weights and crops. The default is 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads of the network; loading takes one more. The default is 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>What convolutions compute in. The default is bf16 where the processor has it, else fp32.</summary>
    public Precision Precision { get; init; } = HasBf16() ? Precision.Bf16 : Precision.Fp32;

    /// <summary>Validations over the run, evenly spread, the last at its end. The default is 20.</summary>
    public int Validations { get; init; } = 20;

    /// <summary>
    /// Weights of the whole network to start from instead of random ones: safetensors, or with the recipe points a model file in
    /// floats. With the recipe points they may be of a smaller size.
    /// </summary>
    public string? StartFrom { get; init; }

    /// <summary>
    /// <c>ResNet18.onnx</c> of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18, whose weights the backbone of the size
    /// large starts from; random ones when null.
    /// </summary>
    public string? Backbone { get; init; }

    /// <summary>
    /// Weights of a head network, mostly of a larger size, whose answers the recipe points teaches beside the annotations;
    /// none when null.
    /// </summary>
    public string? Teacher { get; init; }

    /// <summary>Settings of the recipe csrnet-vgg16.</summary>
    public CsrNetOptions CsrNet { get; init; } = new();

    internal TorchSharp.torch.ScalarType ScalarType =>
        Precision == Precision.Bf16 ? TorchSharp.torch.ScalarType.BFloat16 : TorchSharp.torch.ScalarType.Float32;

    // CPUID leaf 7, subleaf 1: AVX512_BF16 is bit 5 of EAX (Intel 64 and IA-32 Architectures Software Developer's Manual).
    private static bool HasBf16() => X86Base.IsSupported && Avx512F.IsSupported && (X86Base.CpuId(7, 1).Eax >> 5 & 1) == 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Whether another configuration is the same in every value.</summary>
    public bool SameAs(TrainingOptions other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ToJson() == other.ToJson();
    }

    internal string ToJson() => JsonSerializer.Serialize(this, Json);

    internal static TrainingOptions FromJson(string json) => JsonSerializer.Deserialize<TrainingOptions>(json, Json)
        ?? throw new JsonException("the configuration is null");

    /// <summary>Checks ranges.</summary>
    /// <exception cref="ArgumentException">One is off; the message names it, its value and its range.</exception>
    internal void Validate()
    {
        Require(Recipes.Contains(Recipe), "recipe", string.Join(" or ", Recipes));
        if (Recipe == CsrNetVgg16)
        {
            var points = new TrainingOptions { Dataset = "", Train = [], Validation = [] };
            Refuse((Size, Loss, DensityWeight, Teacher) != (points.Size, points.Loss, points.DensityWeight, null),
                "--size, --loss, --density and --teacher", Points);
        }
        else
            Refuse(CsrNet != new CsrNetOptions(), "--front-weights, --freeze-front, --sigma and --beta", CsrNetVgg16);
        Require(!CsrNet.FreezeFront || (CsrNet.FrontWeights ?? StartFrom) is not null, "freeze-front",
            "only with --front-weights or --start-from");
        Require(CsrNet.Kernel.Sigma is null or (> 0 and <= 1000), "sigma", "above 0, at most 1000");
        Require(CsrNet.Kernel.Beta is > 0 and <= 100, "beta", "above 0, at most 100");
        Require(Train.Count > 0 && Train.All(l => l.Share > 0), "train", "at least one list, shares above 0");
        Require(Validation.Count > 0, "validation", "at least one list");
        Require(Steps >= (StartFrom is null ? 1 : 0), "steps", "at least 1, or 0 with --start-from");
        Require(Backbone is null || NetworkSize.Named(Size).ResNet, "backbone", $"only with --size {NetworkSize.Large.Name}");
        Require(BatchSize >= 1, "batch", "at least 1");
        Require(CropSize >= 64 && CropSize % 32 == 0, "crop", "a multiple of 32, at least 64");
        Require(LearningRate > 0, "lr", "above 0");
        Require(WarmUp >= 0, "warm-up", "at least 0");
        Require(Threads >= 1, "threads", "at least 1");
        Require(Validations >= 1, "validations", "at least 1");
        Require(Augmentation.Scales.Count > 0 && Augmentation.Scales.All(s => s is { Weight: > 0, Smallest: > 0 } && s.Largest >= s.Smallest),
            "scale", "0 < smallest ≤ largest");

        static void Refuse(bool given, string options, string recipe)
        {
            if (given)
                throw new ArgumentException($"{options} are for the recipe {recipe}");
        }

        static void Require(bool good, string name, string range)
        {
            if (!good)
                throw new ArgumentException($"--{name} is out of range: {range}");
        }
    }
}
