using Trainyard.Manifests.Gpus;

namespace Trainyard.Manifests.Tests;

/// <summary>Which GPUs a type means, by the names that drivers give them.</summary>
public sealed class GpuTypeTests
{
    [Theory]
    [InlineData("v100", "Tesla V100-SXM2-16GB", true)]
    [InlineData("v100", "Tesla V100-PCIE-32GB", true)]
    [InlineData("nvidia-TeslaV100", "Tesla V100-SXM2-16GB", true)]
    [InlineData("v100-32gb", "Tesla V100-SXM2-16GB", false)]
    [InlineData("k80", "Tesla K80", true)]
    [InlineData("p100", "Tesla P100-PCIE-16GB", true)]
    [InlineData("p100", "Tesla P1000", false)]
    [InlineData("a100", "NVIDIA A100-SXM4-40GB", true)]
    [InlineData("a100", "NVIDIA A10", false)]
    [InlineData("a10", "NVIDIA A100 80GB PCIe", false)]
    [InlineData("a100-80gb", "NVIDIA A100 80GB PCIe", true)]
    [InlineData("a100", "NVIDIA A100-SXM4-80GB MIG 3g.40gb", false)]
    [InlineData("a100-mig-3g.40gb", "NVIDIA A100-SXM4-80GB MIG 3g.40gb", true)]
    [InlineData("h100", "NVIDIA H100 80GB HBM3", true)]
    [InlineData("h100", "NVIDIA H200", false)]
    [InlineData("t4", "Tesla T4", true)]
    [InlineData("l40", "NVIDIA L40S", false)]
    [InlineData("rtx4090", "NVIDIA GeForce RTX 4090", true)]
    [InlineData("rtx-4090", "NVIDIA GeForce RTX 4090", true)]
    [InlineData("rtx6000", "NVIDIA RTX 6000 Ada Generation", false)]
    [InlineData("v100", "", false)]
    public void A_type_is_told_by_the_driver_s_words(string type, string model, bool isModel) =>
        Assert.Equal(isModel, GpuTypes.IsModel(type, model));

    [Fact]
    public void No_text_means_two_types()
    {
        var texts = GpuTypes.All.SelectMany(type => type.Also.Append(type.Name)).ToList();

        Assert.Equal(texts.Count, texts.Distinct().Count());
        Assert.Equal(texts, texts.Select(text => text.ToLowerInvariant()));
    }
}
