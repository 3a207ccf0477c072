using System.Text.Json;

namespace Trainyard.Agent.Service;

/// <summary>
/// The address of the service. An address file is read again whenever the service does not answer, because the service
/// may be back at another address.
/// </summary>
internal sealed class ServiceAddress
{
    private readonly string? _file;
    private volatile ServiceFile? _current;

    public ServiceAddress(string? file, Uri? url)
    {
        _file = file;
        _current = url is null ? null : new ServiceFile(url.AbsoluteUri, null);
        Refresh();
    }

    /// <summary>The process that wrote the file; null when unknown.</summary>
    public int? Pid => _current?.Pid;

    /// <summary>The port of a service on this machine; null for one elsewhere, and when no address is known yet.</summary>
    public int? LocalPort =>
        _current is { Url: var url } && Uri.TryCreate(url, UriKind.Absolute, out var known) && known.IsLoopback
            ? known.Port
            : null;

    /// <exception cref="ServiceAwayException">No address is known yet.</exception>
    public Uri Resolve(string path)
    {
        var known = _current ?? throw new ServiceAwayException("The service has not written its address yet.");
        return new Uri(new Uri(known.Url.TrimEnd('/') + "/"), path.TrimStart('/'));
    }

    public void Refresh()
    {
        if (_file is null)
        {
            return;
        }
        try
        {
            _current = Read(_file) ?? _current;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            // The file is half written or gone: the last known address stays until a whole file is there.
        }
    }

    private static ServiceFile? Read(string file)
    {
        var read = JsonSerializer.Deserialize<ServiceFile>(File.ReadAllBytes(file), JsonSerializerOptions.Web);
        return Uri.TryCreate(read?.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? read : null;
    }

    private sealed record ServiceFile(string Url, int? Pid);
}
