using Trainyard.Contracts.Runs;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>Maps failures to FfDL's error codes: S for the service's fault, C for the user's.</summary>
internal static class FfdlErrorCodes
{
    private static readonly Dictionary<string, string> Codes = new()
    {
        ["command_failed"] = "C201",
        ["archive_failed"] = "C102",
        ["out_of_memory"] = "C104",
        ["scratch_limit"] = "C104",
        ["results_limit"] = "C104",
        ["download_timeout"] = "S302",
        ["data_download_failed"] = "S302",
        ["staging_failed"] = "S303",
    };

    public static string Of(RunReason? reason)
    {
        if (reason is null)
        {
            return "S101";
        }
        if (Codes.TryGetValue(reason.Code, out var known))
        {
            return known;
        }
        var isStore = reason.Code.StartsWith("store_") || reason.Code.EndsWith("_bucket_not_found");
        return reason.Fault switch
        {
            Fault.User => isStore ? "C103" : "C201",
            Fault.Capacity => "S100",
            _ => isStore ? "S303" : "S101",
        };
    }
}
