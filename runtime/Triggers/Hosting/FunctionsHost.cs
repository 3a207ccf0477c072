namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>Tells whether the Azure Functions host has started this process, as its worker.</summary>
public static class FunctionsHost
{
    // What the worker package reads: the host's address as an argument, as a setting of that name, or, where the
    // host's own loader runs the app in its process, nothing but this mark.
    private const string AddressOption = "--functions-uri";
    private const string AddressVariable = "AZURE_FUNCTIONS_Functions__Worker__HostEndpoint";
    private const string NativeLoaderMark = "AZURE_FUNCTIONS_NATIVE_HOST";

    public static bool HasStarted(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return Array.Exists(args, IsAddress)
            || Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 }
            || AppContext.GetData(NativeLoaderMark) is not null;
    }

    private static bool IsAddress(string argument) =>
        argument == AddressOption || argument.StartsWith(AddressOption + "=", StringComparison.Ordinal);
}
