using Trainyard.Runtime.Triggers.Hosting;

namespace Trainyard.Runtime.Tests.Triggers;

/// <summary>The program tells by what it was given whether the Azure Functions host started it.</summary>
public sealed class FunctionsHostTests
{
    private const string AddressVariable = "AZURE_FUNCTIONS_Functions__Worker__HostEndpoint";
    private const string NativeLoaderMark = "AZURE_FUNCTIONS_NATIVE_HOST";

    [Theory]
    [InlineData("--functions-uri", "http://127.0.0.1:50123")]
    [InlineData("--functions-uri=http://127.0.0.1:50123")]
    [InlineData("--host", "127.0.0.1", "--functions-uri", "http://127.0.0.1:50123")]
    public void The_host_s_address_among_the_arguments_tells(params string[] args) =>
        Assert.True(FunctionsHost.HasStarted(args));

    [Theory]
    [InlineData]
    [InlineData("--port", "0")]
    [InlineData("--functions-uris")]
    [InlineData("functions-uri")]
    public void Other_arguments_are_a_person_s(params string[] args) => Assert.False(FunctionsHost.HasStarted(args));

    [Fact]
    public void The_host_s_address_in_the_environment_tells()
    {
        Environment.SetEnvironmentVariable(AddressVariable, "http://127.0.0.1:50123");
        try
        {
            Assert.True(FunctionsHost.HasStarted([]));
        }
        finally
        {
            Environment.SetEnvironmentVariable(AddressVariable, null);
        }
    }

    [Fact]
    public void The_mark_of_the_host_s_own_loader_tells()
    {
        AppContext.SetData(NativeLoaderMark, "1");
        try
        {
            Assert.True(FunctionsHost.HasStarted([]));
        }
        finally
        {
            AppContext.SetData(NativeLoaderMark, null);
        }
    }
}
