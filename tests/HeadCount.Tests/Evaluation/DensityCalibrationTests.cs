using FsCheck.Xunit;
using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public class DensityCalibrationTests
{
    [Fact]
    public void Density_ATenthTooLow_IsRaised() =>
        Assert.Equal(1 / .9, DensityCalibration.Factor([[(9, 10), (18, 20), (90, 100)]]), 9);

    [Fact]
    public void OnePictureThatIsFarOff_HasLittleSay() =>
        Assert.Equal(1, DensityCalibration.Factor([[(10, 10), (20, 20), (2, 20), (30, 30)]]), 9);

    [Fact]
    public void ListOfCrowds_HasNoMoreSayThanOneOfFew() =>
        Assert.Equal(1.25, DensityCalibration.Factor([[(900, 1000)], [(4, 5), (8, 10)], [(4, 5), (8, 10)]]), 9);

    [Fact]
    public void NobodyAnywhere_LeavesItAsItIs() => Assert.Equal(1, DensityCalibration.Factor([[(.3, 0), (.1, 0)], []]));

    [Fact]
    public void Factor_KeepsToTheLimit() => Assert.Equal(DensityCalibration.Limit, DensityCalibration.Factor([[(1, 100)]]));

    [Property]
    public bool NoOtherFactor_IsNearerToTheCounts(byte[] densities, byte[] heads, byte other)
    {
        (double Density, int Heads)[] list = [.. densities.Zip(heads).Select(pair => (pair.First / 4.0, (int)pair.Second))];
        double best = DensityCalibration.Factor([list]);
        double rival = 1 / DensityCalibration.Limit + other / 255.0 * (DensityCalibration.Limit - 1 / DensityCalibration.Limit);
        return list.Sum(picture => (double)picture.Heads) == 0 || Error(best) <= Error(rival) + 1e-6;

        double Error(double factor) => list.Sum(picture => Math.Abs(factor * picture.Density - picture.Heads));
    }
}
