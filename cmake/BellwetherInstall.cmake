# Installs headers, libraries, the program, and a package that find_package(bellwether) understands.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(bw_targets GLOBAL PROPERTY BELLWETHER_LIBRARIES)
install(TARGETS ${bw_targets} bw_settings bw_random123 bw_clp bw_gmp EXPORT bellwetherTargets
        FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/bellwether"
        INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/bellwether")
install(TARGETS bellwether_cli RUNTIME)
install(EXPORT bellwetherTargets NAMESPACE bellwether:: DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/bellwether")
configure_package_config_file(cmake/bellwetherConfig.cmake.in "${PROJECT_BINARY_DIR}/bellwetherConfig.cmake"
                              INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/bellwether")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/bellwetherConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/bellwetherConfig.cmake" "${PROJECT_BINARY_DIR}/bellwetherConfigVersion.cmake"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/bellwether")
