metadata description = 'Trainyard on Azure: the functions, their storage, keys, network and monitoring, and a pool of GPU machines.'

targetScope = 'resourceGroup'

@description('Begins the name of everything; lower-case letters and digits.')
@minLength(3)
@maxLength(10)
param namePrefix string = 'trainyard'

@description('The region of everything. Must offer Flex Consumption and the nodes\' size.')
@minLength(3)
@maxLength(40)
param location string = resourceGroup().location

@description('Written on everything as the tag "environment".')
@allowed(['development', 'production'])
param environmentName string

@description('Object id of who deploys and operates: may read and write the vault\'s secrets and upload agents.')
@minLength(36)
@maxLength(36)
param operatorPrincipalId string

@description('What the operator is in the directory.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorPrincipalType string = 'User'

@description('Where alerts are sent; empty: nobody is told.')
@maxLength(254)
param alertEmail string = ''

@description('How many copies of the stored data there are, and where: three in one building, or one in each of three zones.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageRedundancy string

@description('Days until a dropped file that nobody took away is removed.')
@minValue(1)
@maxValue(365)
param dropRetentionDays int = 7

@description('Whether a deleted vault cannot be purged for 90 days. Cannot be turned off again.')
param vaultPurgeProtection bool

@description('Days that logs and traces are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('GiB of logs and traces taken in a day; what comes after it is lost until the next day.')
@minValue(1)
@maxValue(1000)
param logDailyCapGiB int = 5

@description('Memory of one instance of the function app.')
@allowed([2048, 4096])
param functionMemoryMB int = 2048

@description('Most instances of the function app.')
@minValue(40)
@maxValue(1000)
param functionMaximumInstances int = 100

@description('Instances kept warm for HTTP: agents hold a request open all the time, and users must not wait for a cold start.')
@minValue(0)
@maxValue(20)
param functionAlwaysReadyInstances int = 1

@description('Requests that one instance of the function app takes at once; agents hold one each for up to 25 s, and followed logs one each for minutes.')
@minValue(1)
@maxValue(1000)
param functionHttpConcurrency int = 200

@description('Names the durable task hub: letters and digits. A new name forgets all running orchestrations.')
@minLength(3)
@maxLength(45)
param taskHubName string = 'Trainyard'

@description('Where orchestrations are kept: in the storage account, or in a Durable Task Scheduler. A change forgets all running ones.')
@allowed(['storage', 'scheduler'])
param durableBackend string = 'storage'

@description('How a Durable Task Scheduler is paid for: by the action, or by the unit of capacity.')
@allowed(['Consumption', 'Dedicated'])
param schedulerSku string = 'Consumption'

@description('Units of capacity of a dedicated scheduler; with three it is kept in several zones.')
@minValue(1)
@maxValue(3)
param schedulerCapacity int = 1

@description('The addresses of the virtual network: a /16 in a private range.')
@minLength(10)
@maxLength(18)
param addressPrefix string = '10.40.0.0/16'

@description('The pool\'s name: Pool__Name of the service and of its nodes.')
@minLength(1)
@maxLength(20)
param poolName string = 'default'

@description('Pool__SizeStandIn: whether runs that ask for a size by its name (small, v100) go to nodes with fewer CPUs or less memory.')
param poolSizeStandIn bool = false

@description('Machine size of the nodes, for example Standard_NC4as_T4_v3. Its family needs quota.')
@minLength(10)
@maxLength(60)
param nodeSize string

@description('GPUs of that size; with any, their driver is installed, and the agent waits for it.')
@minValue(0)
@maxValue(16)
param nodeGpuCount int = 1

@description('Nodes that the pool is made with. infra/deploy gives the number that there are when it is there already.')
@minValue(0)
@maxValue(100)
param nodeCount int

@description('Nodes that are kept while nothing waits.')
@minValue(0)
@maxValue(100)
param nodeMinimum int = 0

@description('Most nodes that the service makes for what waits; not below the minimum. 0: it makes and removes none, "az vmss scale" does.')
@minValue(0)
@maxValue(100)
param nodeMaximum int

@description('Minutes without a run after which the service removes a node.')
@minValue(1)
@maxValue(720)
param nodeIdleMinutes int = 15

@description('Whether nodes are spot machines: much cheaper, and taken away with 30 seconds\' notice. Their runs are tried again.')
param nodeSpot bool

@description('The nodes\' system.')
@allowed(['ubuntu-22.04', 'ubuntu-24.04'])
param nodeImage string = 'ubuntu-22.04'

@description('GiB of a node\'s disk: the data of its runs, their results until staged, and the system.')
@minValue(64)
@maxValue(2048)
param nodeDiskGiB int = 256

@description('How long a node that is scaled in may finish its runs.')
@allowed(['PT5M', 'PT10M', 'PT15M'])
param nodeTerminationNotice string = 'PT15M'

@description('Name of the nodes\' administrator.')
@minLength(1)
@maxLength(32)
param nodeAdminName string = 'trainyardadmin'

@description('Public key of the nodes\' administrator. Nothing listens outside the network; it is for the serial console and for a bastion.')
@minLength(80)
@maxLength(2048)
param nodeAdminPublicKey string

@description('SHA-256 of the uploaded agent archive, lower-case hex. Empty, as in a first deployment: no pool is made or changed.')
@maxLength(64)
param agentSha256 string = ''

var unique = uniqueString(resourceGroup().id)
var tags = { application: 'trainyard', environment: environmentName }
var hasPool = !empty(agentSha256)

// Names that several modules need, given to all of them: what is known before the deployment, what-if can show.
var storageName = '${namePrefix}${unique}'
var vaultName = '${namePrefix}-${unique}'
var keyName = 'data-protection'
var insightsName = '${namePrefix}-insights'
var functionsIdentityName = '${namePrefix}-functions'
var poolIdentityName = '${namePrefix}-pool'
var scaleSetName = '${namePrefix}-${poolName}'
var deploymentContainer = 'deployments'
var agentContainer = 'agent'

module identities 'modules/identities.bicep' = {
  params: {
    location: location
    tags: tags
    functionsName: functionsIdentityName
    poolName: poolIdentityName
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    location: location
    tags: tags
    workspaceName: '${namePrefix}-logs'
    insightsName: insightsName
    retentionDays: logRetentionDays
    dailyCapGiB: logDailyCapGiB
  }
}

module network 'modules/network.bicep' = {
  params: { location: location, tags: tags, namePrefix: namePrefix, addressPrefix: addressPrefix }
}

module storage 'modules/storage.bicep' = {
  params: {
    location: location
    tags: tags
    accountName: storageName
    redundancy: storageRedundancy
    deploymentContainer: deploymentContainer
    agentContainer: agentContainer
    dropContainer: 'drop'
    dropRetentionDays: dropRetentionDays
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    location: location
    tags: tags
    vaultName: vaultName
    keyName: keyName
    purgeProtection: vaultPurgeProtection
  }
}

module endpoints 'modules/endpoints.bicep' = {
  params: {
    location: location
    tags: tags
    namePrefix: namePrefix
    networkId: network.outputs.networkId
    subnetId: network.outputs.endpointSubnetId
    storageId: storage.outputs.accountId
    vaultId: vault.outputs.vaultId
  }
}

module roles 'modules/roles.bicep' = {
  params: {
    storageName: storageName
    agentContainer: agentContainer
    vaultName: vaultName
    keyName: keyName
    insightsName: insightsName
    functionsName: functionsIdentityName
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
  }
  dependsOn: [identities, monitoring, storage, vault]
}

module scheduler 'modules/scheduler.bicep' = if (durableBackend == 'scheduler') {
  params: {
    location: location
    tags: tags
    namePrefix: namePrefix
    schedulerName: '${namePrefix}-${unique}'
    taskHubName: taskHubName
    sku: schedulerSku
    capacity: schedulerCapacity
    functionsName: functionsIdentityName
    functionsClientId: identities.outputs.functionsClientId
    networkId: network.outputs.networkId
    subnetId: network.outputs.endpointSubnetId
  }
}

module functions 'modules/function-app.bicep' = {
  params: {
    location: location
    tags: tags
    appName: '${namePrefix}-${unique}'
    identityId: identities.outputs.functionsId
    identityClientId: identities.outputs.functionsClientId
    subnetId: network.outputs.functionsSubnetId
    storageName: storageName
    deploymentContainer: deploymentContainer
    vaultUri: vault.outputs.vaultUri
    dataProtectionKeyId: vault.outputs.keyUri
    insightsName: insightsName
    memoryMB: functionMemoryMB
    maximumInstances: functionMaximumInstances
    alwaysReadyInstances: functionAlwaysReadyInstances
    httpConcurrency: functionHttpConcurrency
    taskHubName: taskHubName
    durableBackend: durableBackend
    hubConnection: durableBackend == 'scheduler' ? scheduler!.outputs.hubConnection : ''
    poolName: poolName
    poolSizeStandIn: poolSizeStandIn
    scaleSetName: scaleSetName
    nodeGpuCount: nodeGpuCount
    nodeMinimum: nodeMinimum
    nodeMaximum: nodeMaximum > 0 && nodeMaximum < nodeMinimum
      ? fail('nodeMaximum is below nodeMinimum: the service would not start.')
      : nodeMaximum
    nodeIdleMinutes: nodeIdleMinutes
  }
  // The host reads its storage and the vault when it starts.
  dependsOn: [roles, endpoints]
}

module alerts 'modules/alerts.bicep' = if (!empty(alertEmail)) {
  params: {
    location: location
    tags: tags
    namePrefix: namePrefix
    email: alertEmail
    insightsId: monitoring.outputs.insightsId
    appId: functions.outputs.appId
    serviceUrl: functions.outputs.serviceUrl
  }
}

module poolRoles 'modules/pool-roles.bicep' = if (hasPool) {
  params: {
    storageName: storageName
    agentContainer: agentContainer
    vaultName: vaultName
    poolName: poolIdentityName
  }
  dependsOn: [identities, storage, vault]
}

module pool 'modules/pool.bicep' = if (hasPool) {
  params: {
    location: location
    tags: tags
    scaleSetName: scaleSetName
    poolName: poolName
    subnetId: network.outputs.poolSubnetId
    identityId: identities.outputs.poolId
    identityClientId: identities.outputs.poolClientId
    serviceUrl: functions.outputs.serviceUrl
    vaultUri: vault.outputs.vaultUri
    agentContainerUrl: storage.outputs.agentContainerUrl
    agentSha256: agentSha256
    size: nodeSize
    hasGpu: nodeGpuCount > 0
    count: nodeCount
    spot: nodeSpot
    restoreSpot: nodeMaximum == 0
    image: nodeImage
    diskGiB: nodeDiskGiB
    terminationNotice: nodeTerminationNotice
    adminName: nodeAdminName
    adminPublicKey: nodeAdminPublicKey
  }
  dependsOn: [poolRoles, endpoints]
}

module scalingRoles 'modules/scaling-roles.bicep' = if (hasPool && nodeMaximum > 0) {
  params: { scaleSetName: scaleSetName, functionsName: functionsIdentityName }
  dependsOn: [identities, pool]
}

@description('The service\'s address.')
output serviceUrl string = functions.outputs.serviceUrl

@description('The function app, for publishing.')
output functionAppName string = functions.outputs.appName

@description('The storage account.')
output storageName string = storageName

@description('The container that agents are uploaded to.')
output agentContainer string = agentContainer

@description('Where orchestrations are kept: the app must be published with what belongs to it.')
output durableBackend string = durableBackend

@description('The scale set of the nodes, there or not yet.')
output scaleSetName string = scaleSetName

@description('The vault that holds the pool key and the first operator key.')
output vaultName string = vaultName
