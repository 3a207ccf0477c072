using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Middleware;

/// <summary>
/// Lets functions accept websockets where the host supports them. The embedded host does; Azure's does not, and there
/// the same routes answer as plain HTTP.
/// </summary>
internal sealed class WebSockets(StreamOptions options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            // A program may print nothing for hours, and proxies close silent connections.
            app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = options.KeepAliveInterval });
            next(app);
        };
}
