using FsCheck;
using FsCheck.Fluent;
using Trainyard.Contracts.Agents;

namespace Trainyard.Contracts.Tests.Agents;

public sealed class NodeNamesTests
{
    [Fact]
    public void A_node_is_on_the_machine_it_is_named_after() =>
        Prop.ForAll<NonNull<string>>(machine => NodeNames.IsOn(NodeNames.New(machine.Get), machine.Get))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Nodes_of_one_machine_differ() =>
        Assert.NotEqual(NodeNames.New("default-000003"), NodeNames.New("default-000003"));

    [Theory]
    [InlineData("default-000003-0a1b2c3d", "default-000003", true)]
    [InlineData("default-00000A-0a1b2c3d", "default-00000a", true)]
    [InlineData("default-000003-0a1b2c3d", "default-00000", false)]
    [InlineData("default-000003-0a1b2c3d", "default", false)]
    [InlineData("default-000003-0a1b2c3d", "", false)]
    [InlineData("default-000003-0a1b2c3", "default-000003", false)]
    [InlineData("default-000003-0a1b2c3x", "default-000003", false)]
    [InlineData("default-000003_0a1b2c3d", "default-000003", false)]
    [InlineData("default-000003", "default-000003", false)]
    [InlineData("", "default-000003", false)]
    public void A_node_is_on_no_other_machine(string node, string machine, bool expected) =>
        Assert.Equal(expected, NodeNames.IsOn(node, machine));
}
