namespace HeadCount.Training.Data;

/// <summary>A crop and what the losses compare the network's answer with.</summary>
/// <param name="Crop">The crop.</param>
/// <param name="Nearest">Regions of the heads at the score's stride.</param>
/// <param name="Counts">Heads per cell at the density's stride, row by row.</param>
internal sealed record CropTargets(Crop Crop, NearestHeads Nearest, float[] Counts)
{
    internal static CropTargets Of(Crop crop, int scoreStride, int densityStride)
    {
        int side = crop.Size / densityStride;
        var counts = new float[side * side];
        for (int i = 0; i < crop.X.Length; i++)
            counts[(int)(crop.Y[i] / densityStride) * side + (int)(crop.X[i] / densityStride)]++;
        return new CropTargets(crop, NearestHeads.Of(crop, scoreStride), counts);
    }
}
