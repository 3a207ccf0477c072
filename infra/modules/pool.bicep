metadata description = 'The pool: a scale set of machines without public addresses that install and start the agent by themselves.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Name of the scale set.')
@minLength(1)
@maxLength(60)
param scaleSetName string

@description('The pool\'s name: whose runs the nodes ask for.')
@minLength(1)
@maxLength(20)
param poolName string

@description('The nodes\' subnet.')
@minLength(1)
param subnetId string

@description('Resource id of the nodes\' identity.')
@minLength(1)
param identityId string

@description('Client id of the nodes\' identity.')
@minLength(36)
@maxLength(36)
param identityClientId string

@description('The service\'s address.')
@minLength(9)
param serviceUrl string

@description('Address of the vault that has the pool key.')
@minLength(9)
param vaultUri string

@description('Address of the container that has the agent\'s archive.')
@minLength(9)
param agentContainerUrl string

@description('SHA-256 of the agent\'s archive: part of its name, and what a node demands of it.')
@minLength(64)
@maxLength(64)
param agentSha256 string

@description('Machine size.')
@minLength(10)
@maxLength(60)
param size string

@description('Whether the size has NVIDIA GPUs.')
param hasGpu bool

@description('How many nodes at first.')
@minValue(0)
@maxValue(100)
param count int

@description('Whether nodes are spot machines.')
param spot bool

@description('Whether Azure brings back spot machines that it took, as soon as it has some again.')
param restoreSpot bool

@description('The nodes\' system.')
@allowed(['ubuntu-22.04', 'ubuntu-24.04'])
param image string

@description('GiB of a node\'s disk.')
@minValue(64)
@maxValue(2048)
param diskGiB int

@description('How long a node that is scaled in may finish its runs.')
@allowed(['PT5M', 'PT10M', 'PT15M'])
param terminationNotice string

@description('Name of the nodes\' administrator.')
@minLength(1)
@maxLength(32)
param adminName string

@description('Public key of the nodes\' administrator.')
@minLength(80)
@maxLength(2048)
param adminPublicKey string

var images = {
  'ubuntu-22.04': {
    publisher: 'Canonical'
    offer: '0001-com-ubuntu-server-jammy'
    sku: '22_04-lts-gen2'
    version: 'latest'
  }
  'ubuntu-24.04': { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' }
}

// All a node needs to know; no secret is among it.
var nodeSettings = join(
  [
    'TRAINYARD_SERVICE=${serviceUrl}'
    'TRAINYARD_IDENTITY=${identityClientId}'
    'TRAINYARD_POOL_KEY_URL=${vaultUri}secrets/trainyard-pool-key'
    'TRAINYARD_AGENT_URL=${agentContainerUrl}/trainyard-agent-${agentSha256}.tar.gz'
    'TRAINYARD_AGENT_SHA256=${agentSha256}'
    'TRAINYARD_GPU=${hasGpu ? '1' : '0'}'
    'Pool__Name=${poolName}'
    'Agent__Sandbox=bubblewrap'
    ''
  ],
  '\n'
)

// The files of infra/agent take the places that the cloud-init file keeps for them.
var files = [
  { place: '{{node.env}}', content: base64(nodeSettings) }
  { place: '{{azure_node.py}}', content: loadFileAsBase64('../agent/azure_node.py') }
  { place: '{{fetch-agent}}', content: loadFileAsBase64('../agent/fetch-agent') }
  { place: '{{fetch-pool-key}}', content: loadFileAsBase64('../agent/fetch-pool-key') }
  { place: '{{await-gpu}}', content: loadFileAsBase64('../agent/await-gpu') }
  { place: '{{watch-events}}', content: loadFileAsBase64('../agent/watch-events') }
  { place: '{{node.nft}}', content: loadFileAsBase64('../agent/node.nft') }
  { place: '{{bwrap.apparmor}}', content: loadFileAsBase64('../agent/bwrap.apparmor') }
  { place: '{{trainyard-firewall.service}}', content: loadFileAsBase64('../agent/trainyard-firewall.service') }
  { place: '{{trainyard-agent.service}}', content: loadFileAsBase64('../agent/trainyard-agent.service') }
  { place: '{{trainyard-events.service}}', content: loadFileAsBase64('../agent/trainyard-events.service') }
  { place: '{{trainyard-pool-key.service}}', content: loadFileAsBase64('../agent/trainyard-pool-key.service') }
  { place: '{{trainyard-pool-key.timer}}', content: loadFileAsBase64('../agent/trainyard-pool-key.timer') }
]
var cloudInit = reduce(
  files,
  loadTextContent('../agent/cloud-init.yaml'),
  (text, file) => replace(text, file.place, file.content)
)

var gpuDriver = {
  name: 'NvidiaGpuDriverLinux'
  properties: {
    publisher: 'Microsoft.HpcCompute'
    type: 'NvidiaGpuDriverLinux'
    typeHandlerVersion: '1.11'
    autoUpgradeMinorVersion: true
    settings: {}
  }
}

resource pool 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: scaleSetName
  location: location
  tags: tags
  sku: { name: size, tier: 'Standard', capacity: count }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    orchestrationMode: 'Uniform'
    // No machine more than asked for, not even for a moment: each would lease runs.
    overprovision: false
    singlePlacementGroup: false
    platformFaultDomainCount: 1
    // A new model waits until an operator takes a node's turn: runs are not interrupted by a deployment.
    upgradePolicy: { mode: 'Manual' }
    scaleInPolicy: { rules: ['NewestVM'], forceDeletion: false }
    spotRestorePolicy: spot ? { enabled: restoreSpot, restoreTimeout: 'PT1H' } : null
    virtualMachineProfile: {
      priority: spot ? 'Spot' : 'Regular'
      evictionPolicy: spot ? 'Delete' : null
      // Up to the price of a regular machine.
      billingProfile: spot ? { maxPrice: -1 } : null
      osProfile: {
        computerNamePrefix: take('${poolName}-', 9)
        adminUsername: adminName
        customData: base64(cloudInit)
        linuxConfiguration: {
          disablePasswordAuthentication: true
          ssh: {
            publicKeys: [{ path: '/home/${adminName}/.ssh/authorized_keys', keyData: adminPublicKey }]
          }
        }
      }
      securityProfile: {
        securityType: 'TrustedLaunch'
        // The driver that the extension builds is not signed.
        uefiSettings: { secureBootEnabled: !hasGpu, vTpmEnabled: true }
      }
      storageProfile: {
        imageReference: images[image]
        osDisk: {
          createOption: 'FromImage'
          caching: 'ReadWrite'
          diskSizeGB: diskGiB
          managedDisk: { storageAccountType: 'Premium_LRS' }
        }
      }
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: 'node'
            properties: {
              primary: true
              ipConfigurations: [{ name: 'node', properties: { primary: true, subnet: { id: subnetId } } }]
            }
          }
        ]
      }
      diagnosticsProfile: { bootDiagnostics: { enabled: true } }
      scheduledEventsProfile: {
        terminateNotificationProfile: { enable: true, notBeforeTimeout: terminationNotice }
      }
      extensionProfile: { extensions: hasGpu ? [gpuDriver] : [] }
    }
  }
}

@description('Name of the scale set.')
output scaleSetName string = pool.name
