using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Functions.Tests;

/// <summary>
/// The configuration selects the backends; without a setting, the host that started the program does.
/// </summary>
public sealed class BackendSelectionTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_the_setting_the_host_decides(string? setting)
    {
        Assert.Equal(BackendKind.Embedded, BackendSelection.Select(setting, BackendKind.Embedded));
        Assert.Equal(BackendKind.Azure, BackendSelection.Select(setting, BackendKind.Azure));
    }

    [Theory]
    [InlineData("embedded", "Embedded")]
    [InlineData("EMBEDDED", "Embedded")]
    [InlineData("azure", "Azure")]
    [InlineData("Azure", "Azure")]
    public void The_setting_decides_under_either_host(string setting, string kind)
    {
        var expected = Enum.Parse<BackendKind>(kind);

        Assert.Equal(expected, BackendSelection.Select(setting, BackendKind.Embedded));
        Assert.Equal(expected, BackendSelection.Select(setting, BackendKind.Azure));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("azure ")]
    [InlineData("1")]
    public void Another_value_is_refused_with_what_it_takes(string setting)
    {
        var refused = Assert.Throws<HostStartException>(() => BackendSelection.Select(setting, BackendKind.Embedded));

        Assert.Equal(
            $"The setting Backends is '{setting}'; it takes 'embedded' (SQLite and files) or 'azure' (Tables and Blobs).",
            refused.Message
        );
    }
}
