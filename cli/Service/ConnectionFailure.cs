using System.Security.Authentication;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Settings;

namespace Trainyard.Cli.Service;

/// <summary>Explains why no answer came, and what to do about it.</summary>
internal static class ConnectionFailure
{
    public static CliFailure Of(HttpRequestException thrown, ServiceSettings settings) =>
        thrown.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => Unreachable(
                $"The host '{settings.Url.Host}' is not known: check ML_ENV and the network."
            ),
            HttpRequestError.SecureConnectionError => Unreachable(NotSecure(thrown.InnerException, settings)),
            HttpRequestError.ProxyTunnelError => Unreachable(
                $"The proxy that HTTPS_PROXY or HTTP_PROXY names does not lead to {settings.Address} "
                    + $"({Words.Why(thrown)}): check it, or name the host in NO_PROXY."
            ),
            HttpRequestError.InvalidResponse
            or HttpRequestError.HttpProtocolError
            or HttpRequestError.ConfigurationLimitExceeded => NotHttp(settings),
            _ => NoAnswer(settings),
        };

    public static CliFailure NoAnswer(ServiceSettings settings) =>
        Unreachable(
            settings.Url.IsLoopback
                ? $"No service answers at {settings.Address}: start it with 'dotnet run --project functions', or set ML_ENV to the service's address."
                : $"No service answers at {settings.Address}: check ML_ENV and the network."
        );

    public static CliFailure Silent(ServiceSettings settings, TimeSpan waited) =>
        Unreachable(
            $"The service at {settings.Address} took the request and gave no answer for {waited.TotalMinutes:0} minutes: "
                + "try again, and look at its log."
        );

    public static CliFailure Broken(ServiceSettings settings) =>
        Unreachable($"The connection to {settings.Address} broke in the middle of the answer: try again.");

    private static string NotSecure(Exception? cause, ServiceSettings settings) =>
        // .NET throws the same exception when the other side does not speak TLS at all.
        cause is AuthenticationException
        && cause.Message.Contains("certificate", StringComparison.Ordinal)
            ? $"The certificate of {settings.Address} is not trusted ({Words.Why(cause)}): make its authority "
                + "known to this machine, or name its file in SSL_CERT_FILE."
            : $"What answers at {settings.Address} does not speak TLS: check whether ML_ENV should begin with http://.";

    private static CliFailure NotHttp(ServiceSettings settings) =>
        new(
            ExitCode.ServiceError,
            "answer_not_understood",
            $"What answers at {settings.Address} does not speak HTTP as a training service does: check ML_ENV."
        );

    private static CliFailure Unreachable(string sentence) => new(ExitCode.Unreachable, "unreachable", sentence);
}
