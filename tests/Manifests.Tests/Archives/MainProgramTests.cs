using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Tests.Archives;

public sealed class MainProgramTests
{
    [Theory]
    [InlineData("python3 train.py --epochs 3")]
    [InlineData("pip install -r requirements.txt && python ./train.py")]
    [InlineData("bash -c 'python train.py'")]
    [InlineData("cd src; python other.py")]
    [InlineData("python /opt/tool.py")]
    [InlineData("python $TOOLS/tool.py")]
    [InlineData("python -m package.module")]
    [InlineData("nvidia-smi")]
    public void Nothing_is_said_where_it_is_there_or_cannot_be_known(string command) =>
        Assert.Null(MainProgram.Check(command, ["train.py"]));

    [Fact]
    public void A_missing_program_is_a_warning()
    {
        var warning = MainProgram.Check("python3 trian.py", ["train.py"]);
        Assert.Equal(ArchiveCodes.MainProgramMissing, warning?.Code);
    }

    [Fact]
    public void A_program_one_folder_down_is_pointed_out() =>
        Assert.Contains("tf-model/train.py", MainProgram.Check("python train.py", ["tf-model/train.py"])!.Message);
}
