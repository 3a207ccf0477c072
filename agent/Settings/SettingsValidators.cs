using Microsoft.Extensions.Options;

namespace Trainyard.Agent.Settings;

[OptionsValidator]
internal sealed partial class AgentOptionsValidator : IValidateOptions<AgentOptions>;

[OptionsValidator]
internal sealed partial class NodePoolOptionsValidator : IValidateOptions<NodePoolOptions>;
